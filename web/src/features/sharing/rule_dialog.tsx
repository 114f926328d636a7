// One rule: which records it opens, by owner or by a condition, to whom, and how far.
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, ShareAccess, SharingRule } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { literalKinds } from '../../fields/registry.ts'
import { type Filter, parseFilter } from '../../lib/filter.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { FilterBuilder } from '../../records/list/filter_builder.tsx'
import { GranteeList } from '../../records/shares/grantee_list.tsx'
import { Button, Segmented } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { useLabel } from '../roles/data.ts'
import { labelled, ruleFilter, ruleMeta, ruleName } from './definition.ts'

const accesses = ['read', 'edit'] as const
const ways = ['owner', 'condition'] as const

interface DialogProps {
  meta: ObjectDetail
  /** The rule that is changed; without one a new rule is made. */
  rule?: SharingRule
  /** What the server said of it. */
  said: Record<string, string>
  /** Names that other rules have. */
  taken: ReadonlySet<string>
  /** Of a new rule, what is filled in beforehand. */
  start?: { label: string; with: string[] }
  /** What comes before the form. */
  children?: ReactNode
  /** What the button says that takes it over. */
  submit?: string
  onDone: (rule: SharingRule) => void
  onClose: () => void
}

export default function RuleDialog(props: DialogProps) {
  const { meta, rule, said, taken, start, children, onDone, onClose } = props
  const { t } = useTranslation()
  const base = useId()
  const labelOf = useLabel()
  const { language } = useFieldSettings()
  const [label, setLabel] = useState(rule ? labelOf(rule.label) : (start?.label ?? ''))
  const [way, setWay] = useState<(typeof ways)[number]>(rule?.filter || start ? 'condition' : 'owner')
  const [ownedBy, setOwnedBy] = useState(rule?.owned_by ?? [])
  const [filter, setFilter] = useState<Filter | null>(parseFilter(rule?.filter))
  const [object, setObject] = useState(meta.name)
  const [grantees, setGrantees] = useState(rule?.with ?? start?.with ?? [])
  const [access, setAccess] = useState<ShareAccess>(rule?.access ?? 'read')
  const [lacking, setLacking] = useState<Record<string, string> | null>(null)
  const errors = lacking ?? said
  // Conditions on another object are others.
  if (object !== meta.name) {
    setObject(meta.name)
    setFilter(null)
  }
  const at = (name: string) => `${base}-${name}`

  const submit = () => {
    const condition = ruleFilter(filter, literalKinds(meta.fields))
    const wrong: Record<string, string> = {}
    if (!label.trim()) wrong.label = t('sharing.needName')
    if (way === 'owner' && ownedBy.length === 0) wrong.owned_by = t('sharing.needOwner')
    if (way === 'condition' && !condition) wrong.filter = t('sharing.needCondition')
    if (grantees.length === 0) wrong.with = t('sharing.needWith')
    if (Object.keys(wrong).length > 0) return setLacking(wrong)
    setLacking(null)
    onDone({
      name: rule?.name ?? ruleName(label, taken),
      label: labelled(rule?.label, label.trim(), language === 'en'),
      ...(way === 'owner' ? { owned_by: ownedBy } : { filter: condition as Record<string, unknown> }),
      with: grantees,
      access,
    })
  }

  const nameError = errors.label ?? errors.name
  return (
    <Dialog
      title={rule ? t('sharing.editRule', { name: labelOf(rule.label) }) : t('sharing.addRule')}
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" onClick={submit}>
            {props.submit ?? t('sharing.done')}
          </Button>
        </>
      }
    >
      <form
        className="stack rule-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
        }}
      >
        {children}
        <FormRow id={at('label')} label={t('sharing.ruleName')} error={nameError} required>
          <input
            id={at('label')}
            className="input"
            autoFocus
            required
            aria-invalid={nameError !== undefined}
            aria-describedby={describedBy(at('label'), null, nameError)}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        </FormRow>
        <FormRow id={at('which')} label={t('sharing.which')} group>
          <Segmented
            label={t('sharing.which')}
            value={way}
            onChange={setWay}
            options={ways.map((value) => ({ value, label: t(`sharing.whose.${value}`) }))}
          />
        </FormRow>
        {way === 'owner' ? (
          <GranteeList
            id={at('owned')}
            label={t('sharing.ownedBy')}
            help={t('sharing.ownedByHint')}
            error={errors.owned_by ?? errors.filter}
            ids={ownedBy}
            onChange={setOwnedBy}
          />
        ) : (
          <FormRow
            id={at('filter')}
            label={t('sharing.condition')}
            help={t('sharing.conditionHint')}
            error={errors.filter}
            group
            required
          >
            <div className="rule-filter">
              <FilterBuilder meta={ruleMeta(meta)} filter={filter} onChange={setFilter} fixed />
            </div>
          </FormRow>
        )}
        <GranteeList
          id={at('with')}
          label={t('sharing.with')}
          help={t('sharing.withHint')}
          error={errors.with}
          ids={grantees}
          onChange={setGrantees}
        />
        <FormRow id={at('access')} label={t('sharing.access')} group>
          <Segmented
            label={t('sharing.access')}
            value={access}
            onChange={setAccess}
            options={accesses.map((value) => ({ value, label: t(`shares.access.${value}`) }))}
          />
        </FormRow>
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
