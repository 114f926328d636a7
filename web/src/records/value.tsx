// Shows one field of a record by its type; an empty value shows a quiet dash in details, or that it is hidden where it may be.
import { useTranslation } from 'react-i18next'
import type { Field, RecordData } from '../api/types.ts'
import { fieldType } from '../fields/registry.ts'

interface ValueProps {
  field: Field
  record: RecordData
  mode: 'cell' | 'detail'
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Of a text a part is shown: where there is none, the field is empty. */
const shownInPart = ['text', 'long_text', 'auto_number', 'email', 'phone', 'url']

/** Whether an empty field may have a value that is not shown. */
const isWithheld = (field: Field): boolean => field.masked && !shownInPart.includes(field.type)

export function Value({ field, record, mode }: ValueProps) {
  const { t } = useTranslation()
  const value = record[field.name]
  if (isEmpty(value)) {
    if (mode === 'cell') return null
    return <span className="nothing">{isWithheld(field) ? t('roles.masked') : '—'}</span>
  }
  const { Show } = fieldType(field.type)
  return <Show field={field} value={value} record={record} mode={mode} />
}
