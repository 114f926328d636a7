// The fields of a form, in the sections of the layout, each edited by its type.
import { Suspense, useId } from 'react'
import type { Field, ObjectDetail } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { fieldsByName } from '../meta.ts'
import type { Draft } from './draft.ts'

export function isEditable(field: Field): boolean {
  return !field.read_only && field.type !== 'auto_number' && (!field.system || field.name === 'owner_id')
}

/** The sections of the layout with the fields that can be written; required ones that it forgets are added. */
function sections(meta: ObjectDetail) {
  const fields = fieldsByName(meta)
  const placed = new Set(meta.layout.sections.flatMap((section) => section.fields))
  const parts = meta.layout.sections.map((section) => ({
    label: section.label,
    columns: section.columns,
    fields: section.fields
      .map((name) => fields.get(name))
      .filter((field) => field !== undefined && isEditable(field)),
  }))
  const forgotten = meta.fields.filter(
    (field) => field.required && isEditable(field) && !placed.has(field.name),
  )
  if (forgotten.length > 0) parts.unshift({ label: '', columns: 2, fields: forgotten })
  return parts.filter((part) => part.fields.length > 0)
}

/** The fields that a form shows. */
export const formFields = (meta: ObjectDetail): Field[] =>
  sections(meta).flatMap((part) => part.fields.filter((field) => field !== undefined))

export function RecordForm({ meta, draft }: { meta: ObjectDetail; draft: Draft }) {
  const parts = sections(meta)
  const first = parts[0]?.fields.find((field) => field?.name === meta.name_field) ?? parts[0]?.fields[0]
  return (
    <>
      {parts.map((part, index) => (
        <fieldset key={part.label || index} className="form-section">
          {part.label && <legend>{part.label}</legend>}
          <div className={part.columns === 2 ? 'form-grid' : 'form-grid one'}>
            {part.fields.map(
              (field) =>
                field && (
                  <FieldRow key={field.name} field={field} draft={draft} autoFocus={field === first} />
                ),
            )}
          </div>
        </fieldset>
      ))}
    </>
  )
}

function FieldRow({ field, draft, autoFocus }: { field: Field; draft: Draft; autoFocus: boolean }) {
  const id = useId()
  const { Edit, wide, group } = fieldType(field.type)
  const error = draft.errors[field.name]
  return (
    <FormRow
      id={id}
      label={field.label}
      required={field.required}
      help={field.help}
      error={error}
      group={group}
      className={wide ? 'wide' : ''}
    >
      <Suspense fallback={<Skeleton height={30} />}>
        <Edit
          id={id}
          field={field}
          value={draft.values[field.name]}
          record={draft.values}
          onChange={(value) => draft.set(field.name, value)}
          invalid={error !== undefined}
          describedBy={describedBy(id, field.help, error)}
          autoFocus={autoFocus}
        />
      </Suspense>
    </FormRow>
  )
}
