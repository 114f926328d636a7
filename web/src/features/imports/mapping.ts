// The mapping of an import as pure data: where it starts, how a column changes, what is still missing.
import type { Field, Import, ImportColumn, Mapping, MappingFile, ObjectDetail } from '../../api/types.ts'
import { isEditable } from '../../records/edit/record_form.tsx'

/** What was saved, or else what the server suggests for each column. */
export function startMapping(item: Import): MappingFile {
  if (item.mapping && item.mapping.columns.length > 0) return item.mapping
  const columns = item.columns.map(
    (column) => column.suggested && { ...column.suggested, index: column.index },
  )
  return {
    mode: 'create',
    key: null,
    unknown_values: 'refuse',
    date_order: 'ymd',
    defaults: {},
    ...item.mapping,
    columns: columns.filter((mapping) => mapping !== null),
  }
}

/** How the file is read; read in another way it has other columns, and the mapping begins anew. */
export const readingOf = ({ sheet, encoding, delimiter }: Import) =>
  JSON.stringify([sheet, encoding, delimiter])

export function mappingOf(mapping: MappingFile, column: ImportColumn): Mapping | undefined {
  return mapping.columns.find(
    (item) => item.index === column.index || (item.index === undefined && item.header === column.header),
  )
}

/** Sends a column to a field, or to nowhere; a field takes one column only. */
export function mapColumn(mapping: MappingFile, column: ImportColumn, field: Field | null): MappingFile {
  const rest = mapping.columns.filter(
    (item) => item !== mappingOf(mapping, column) && item.field !== field?.name,
  )
  if (!field) return { ...mapping, columns: rest }
  const lookup = isReference(field) ? { match: 'name', missing: 'refuse' as const } : {}
  return { ...mapping, columns: [...rest, { index: column.index, field: field.name, ...lookup }] }
}

export function changeMapping(
  mapping: MappingFile,
  column: ImportColumn,
  part: Partial<Mapping>,
): MappingFile {
  const before = mappingOf(mapping, column)
  return {
    ...mapping,
    columns: mapping.columns.map((item) => (item === before ? { ...item, ...part } : item)),
  }
}

export const isReference = (field: Field) => field.type === 'lookup' || field.type === 'user'

/** The fields that a file can fill, the keys of existing records among them. */
export function importableFields(meta: ObjectDetail): Field[] {
  return meta.fields.filter(
    (field) => isEditable(field) || field.external_key || (field.system && field.name === 'created_at'),
  )
}

export function missingRequired(meta: ObjectDetail, mapping: MappingFile): Field[] {
  if (mapping.mode === 'update') return []
  const given = new Set([
    ...mapping.columns.map((item) => item.field),
    ...Object.keys(mapping.defaults ?? {}),
  ])
  return meta.fields.filter(
    (field) =>
      field.required &&
      !field.read_only &&
      !field.system &&
      (field.default === null || field.default === undefined) &&
      !given.has(field.name),
  )
}

/** The fields that have no column but a text for every new record, or need one. */
export function fieldsWithoutColumn(meta: ObjectDetail, mapping: MappingFile): Field[] {
  const missing = missingRequired(meta, mapping)
  return meta.fields.filter(
    (field) =>
      typeof mapping.defaults?.[field.name] === 'string' ||
      (field.type === 'text' && missing.includes(field)),
  )
}

/** The fields that can tell whether a record exists already. */
export function keyFields(meta: ObjectDetail): Field[] {
  return meta.fields.filter((field) => field.external_key || field.unique || field.name === 'id')
}

/** The values of a column that a picklist does not know, neither by value nor by label, and that nothing replaces yet. */
export function unknownValues(
  column: ImportColumn,
  field: Field,
  replaced: Record<string, string>,
): string[] {
  if (!field.values?.length) return []
  const known = new Set(field.values.flatMap((item) => [item.value.toLowerCase(), item.label.toLowerCase()]))
  return column.distinct
    .map((item) => item.value)
    .filter((value) => value.trim() !== '' && !(value in replaced) && !known.has(value.trim().toLowerCase()))
}
