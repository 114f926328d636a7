// A sharing rule of a territory: as on the page of the object's sharing, with the object to be chosen, and saved at once.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { SharingRule } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { byModule, modules } from '../../lib/modules.ts'
import { useErrorText } from '../../records/writes.ts'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useRefreshRoles } from '../roles/data.ts'
import { isAdministered } from '../roles/reach.ts'
import { sharingQuery } from '../sharing/data.ts'
import RuleDialog from '../sharing/rule_dialog.tsx'
import { writeRule } from '../sharing/write_rule.ts'

interface EditorProps {
  territory: { id: string; name: string }
  /** The rule that is changed, and the object it is of; without one a new rule is made. */
  object?: string
  rule?: SharingRule
  onClose: () => void
}

export default function TerritoryRuleDialog({ territory, object: of, rule, onClose }: EditorProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefreshRoles()
  const errorText = useErrorText()
  const { objects } = useFieldSettings()
  const offered = byModule([...objects.values()]).filter(({ name }) => !isAdministered(name))
  const [object, setObject] = useState(
    of ?? (objects.has('account') ? 'account' : (offered[0]?.name ?? 'account')),
  )
  const { data: meta } = useQuery({ ...objectQuery(object), placeholderData: keepPreviousData })
  const { data: sharing } = useQuery(sharingQuery(object))
  const [said, setSaid] = useState<Record<string, string>>({})
  const [trouble, setTrouble] = useState('')
  if (!meta) return null

  const save = async (next: SharingRule) => {
    setSaid({})
    setTrouble('')
    try {
      const done = await writeRule(client, object, rule, next)
      if (done === 'written') {
        showToast(t('roles.saved'))
        onClose()
      } else if (done === 'conflict') setTrouble(t('roles.conflict'))
      else setSaid(done)
      if (done === 'written' || done === 'conflict') void refresh()
    } catch (error) {
      setTrouble(errorText(error))
    }
  }
  return (
    <RuleDialog
      meta={meta}
      rule={rule}
      said={said}
      taken={new Set(sharing?.value.rules?.map(({ name }) => name))}
      start={{ label: territory.name, with: [territory.id] }}
      submit={t('common.save')}
      onDone={(next) => void save(next)}
      onClose={onClose}
    >
      {trouble && (
        <p className="banner banner-danger" role="alert">
          {trouble}
        </p>
      )}
      {!of && (
        <FormRow id="rule-object" label={t('sharing.object')}>
          <select
            id="rule-object"
            className="input"
            value={object}
            onChange={(event) => setObject(event.target.value)}
          >
            {modules.map((module) => {
              const inside = offered.filter((one) => one.module === module)
              return (
                inside.length > 0 && (
                  <optgroup key={module} label={t(`module.${module}`)}>
                    {inside.map(({ name, label }) => (
                      <option key={name} value={name}>
                        {label}
                      </option>
                    ))}
                  </optgroup>
                )
              )
            })}
          </select>
        </FormRow>
      )}
    </RuleDialog>
  )
}
