// A text box that finds the other record by its name.
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { useFieldSettings } from '../context.tsx'
import type { EditProps } from '../types.ts'
import { relatedName, relatedPart } from './paths.ts'
import { useLookupOptions, useNameOf } from './search.ts'

export function LookupEdit({
  id,
  field,
  value,
  record,
  onChange,
  invalid,
  describedBy,
  autoFocus,
}: EditProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const [typed, setTyped] = useState('')
  const [picked, setPicked] = useState<{ id: string; name: string } | null>(null)
  const [asked, setAsked] = useState(false)
  const { options, loading } = useLookupOptions(field, typed, asked)

  const current = typeof value === 'string' ? value : null
  const unchanged = current !== null && record[field.name] === current
  const carried = unchanged ? relatedName(field, record, objects) : null
  const known = picked?.id === current ? picked?.name : carried
  const fetched = useNameOf(field, known ? null : current)
  const name = current ? (known ?? fetched ?? current) : ''

  const status = loading
    ? t('field.searching')
    : asked && options.length === 0
      ? t('field.noResults')
      : undefined
  return (
    <div onFocus={() => setAsked(true)}>
      <Combobox
        id={id}
        text={name}
        options={options}
        status={status}
        placeholder={t('field.typeToSearch')}
        invalid={invalid}
        describedBy={describedBy}
        autoFocus={autoFocus}
        onType={setTyped}
        onSelect={(option) => {
          setPicked(option && { id: option.value, name: option.label })
          onChange(option?.value ?? null, relatedPart(field, option?.label ?? null, objects))
        }}
        end={
          current && (
            <IconButton
              label={t('field.clear', { field: field.label })}
              onClick={() => onChange(null, relatedPart(field, null, objects))}
            >
              <X size={14} aria-hidden />
            </IconButton>
          )
        }
      />
    </div>
  )
}
