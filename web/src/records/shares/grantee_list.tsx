// Several users, teams, positions and groups: those chosen as chips, and a box that finds more.
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { GranteeBox } from './grantee_box.tsx'
import { grantees, useNamed } from './grantees.ts'
import './shares.css'

/** Rules are mostly for several people. */
const groupsFirst = grantees.toReversed()

interface ListProps {
  id: string
  label: string
  help?: string
  error?: string
  ids: string[]
  onChange: (ids: string[]) => void
}

export function GranteeList({ id, label, help, error, ids, onChange }: ListProps) {
  const { t } = useTranslation()
  const named = useNamed(ids)
  return (
    <FormRow id={id} label={label} help={help} error={error} required>
      {ids.length > 0 && (
        <ul className="chips" aria-labelledby={`${id}-label`}>
          {named.map(({ id: one, name, kind }) => (
            <li key={one} className="chip">
              <span className="ellipsis">{name ?? one}</span>
              <span className="form-help">{kind}</span>
              <IconButton
                small
                label={t('shares.remove', { name: name ?? one })}
                onClick={() => onChange(ids.filter((other) => other !== one))}
              >
                <X size={13} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <GranteeBox
        id={id}
        of={groupsFirst}
        without={ids}
        invalid={error !== undefined}
        describedBy={describedBy(id, help, error)}
        onPick={(picked) => picked && onChange([...ids, picked.id])}
      />
    </FormRow>
  )
}
