// A text box that finds the other record by its name.
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectSummary } from '../../api/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { useFieldSettings } from '../context.tsx'
import { useCreateRecord } from '../create.tsx'
import type { EditProps } from '../types.ts'
import { relatedName, relatedPart, targetsOf } from './paths.ts'
import { useLookupOptions, useNameOf } from './search.ts'

/** Marks what is no record yet among the suggestions. */
const newMark = 'new:'

const mayCreate = (object: string, objects: Map<string, ObjectSummary>) =>
  !['user', 'file'].includes(object) && objects.get(object)?.rights.create === true

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

  const create = useCreateRecord()
  // Not while one still waits for what there is: Enter shall not make what exists.
  const makes = create && !loading ? targetsOf(field).filter((object) => mayCreate(object, objects)) : []
  const offered = makes.map((object) => ({
    value: `${newMark}${object}`,
    label: typed
      ? t('lookup.create', { object: objects.get(object)?.label, name: typed })
      : t('lookup.createObject', { object: objects.get(object)?.label }),
  }))
  const choose = (id: string | null, shown: string | null) => {
    setPicked(id === null ? null : { id, name: shown ?? id })
    onChange(id, relatedPart(field, shown, objects))
  }

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
        options={[...options, ...offered]}
        status={status}
        placeholder={t('field.typeToSearch')}
        invalid={invalid}
        describedBy={describedBy}
        autoFocus={autoFocus}
        onType={setTyped}
        onSelect={(option) => {
          if (option?.value.startsWith(newMark)) {
            const object = option.value.slice(newMark.length)
            return create?.(object, typed, (made) => choose(made.id, made.name))
          }
          choose(option?.value ?? null, option?.label ?? null)
        }}
        end={
          current && (
            <IconButton label={t('field.clear', { field: field.label })} onClick={() => choose(null, null)}>
              <X size={14} aria-hidden />
            </IconButton>
          )
        }
      />
    </div>
  )
}
