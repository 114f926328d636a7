// The rules of an object: which records each opens, to whom, and how far.
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, SharingRule } from '../../api/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useLabel } from '../roles/data.ts'
import { errorsOfRule } from './definition.ts'
import { useNames, useWhich } from './rule_words.ts'
import type { SharingEdit } from './use_sharing_edit.ts'

const RuleDialog = lazy(() => import('./rule_dialog.tsx'))

interface RulesProps {
  edit: SharingEdit
  meta: ObjectDetail
  /** Names of those whose records are still being looked for. */
  pending: string[]
}

export function Rules({ edit, meta, pending }: RulesProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<number | 'new' | null>(null)
  const rules = edit.draft.rules ?? []
  const put = (rule: SharingRule) => {
    edit.changeRules(typeof open === 'number' ? rules.with(open, rule) : [...rules, rule])
    setOpen(null)
  }
  return (
    <section aria-label={t('sharing.rules')}>
      <h2>{t('sharing.rules')}</h2>
      <p className="form-help">{t('sharing.rulesWhy')}</p>
      {pending.length > 0 && (
        <p className="banner" role="status">
          {t('sharing.pendingWhy')}
        </p>
      )}
      {edit.errors.rules && <span className="form-error">{edit.errors.rules}</span>}
      {rules.length === 0 ? (
        <p>{t('sharing.noRules')}</p>
      ) : (
        <table className="plain-table rules-table">
          <thead>
            <tr>
              <th scope="col">{t('sharing.ruleName')}</th>
              <th scope="col">{t('sharing.which')}</th>
              <th scope="col">{t('sharing.with')}</th>
              <th scope="col">{t('sharing.access')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.name}
                rule={rule}
                meta={meta}
                pending={pending.includes(rule.name)}
                errors={Object.values(errorsOfRule(edit.errors, index))}
                onEdit={() => setOpen(index)}
                onDelete={() => edit.changeRules(rules.toSpliced(index, 1))}
              />
            ))}
          </tbody>
        </table>
      )}
      <div>
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => setOpen('new')}>
          {t('sharing.addRule')}
        </Button>
      </div>
      <Suspense>
        {open !== null && (
          <RuleDialog
            meta={meta}
            rule={typeof open === 'number' ? rules[open] : undefined}
            said={typeof open === 'number' ? errorsOfRule(edit.errors, open) : {}}
            taken={new Set(rules.map(({ name }) => name))}
            onDone={put}
            onClose={() => setOpen(null)}
          />
        )}
      </Suspense>
    </section>
  )
}

interface RowProps {
  rule: SharingRule
  meta: ObjectDetail
  pending: boolean
  errors: string[]
  onEdit: () => void
  onDelete: () => void
}

function RuleRow({ rule, meta, pending, errors, onEdit, onDelete }: RowProps) {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const name = labelOf(rule.label)
  return (
    <tr>
      <th scope="row">
        <span className="share-rules">
          {name}
          {pending && (
            <Tag color="orange" dot>
              {t('sharing.pending')}
            </Tag>
          )}
        </span>
        {errors.map((error) => (
          <span key={error} className="form-error">
            {error}
          </span>
        ))}
      </th>
      <td>{useWhich(rule, meta)}</td>
      <td data-label={t('sharing.with')}>{useNames(rule.with)}</td>
      <td data-label={t('sharing.access')}>{t(`shares.access.${rule.access ?? 'read'}`)}</td>
      <td className="end">
        <IconButton small label={t('sharing.editRule', { name })} onClick={onEdit}>
          <Pencil size={14} aria-hidden />
        </IconButton>
        <IconButton small label={t('sharing.deleteRule', { name })} onClick={onDelete}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </td>
    </tr>
  )
}
