// Shows one field of a record by its type; an empty value shows a quiet dash in details.
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

export function Value({ field, record, mode }: ValueProps) {
  const value = record[field.name]
  if (isEmpty(value)) return mode === 'detail' ? <span className="nothing">—</span> : null
  const { Show } = fieldType(field.type)
  return <Show field={field} value={value} record={record} mode={mode} />
}
