// A value in dispute. What it points to is named even where the record at hand does not bring the name.
import type { Field, RecordData } from '../../api/types.ts'
import { targetsOf } from '../../fields/lookup/paths.ts'
import { useNameOf } from '../../fields/lookup/search.ts'
import { Value } from '../value.tsx'

export function DisputedValue({ field, record }: { field: Field; record: RecordData }) {
  const value = record[field.name]
  const id = targetsOf(field).length > 0 && typeof value === 'string' ? value : null
  const name = useNameOf(field, id)
  return id ? (name ?? '…') : <Value field={field} record={record} mode="detail" />
}
