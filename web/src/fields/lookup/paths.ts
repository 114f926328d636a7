// The names around a reference: its relationship, and the field that names what it points to.
import type { Field, ObjectSummary, RecordData } from '../../api/types.ts'

const relationshipOf = (field: Field): string => field.relationship ?? field.name.replace(/_id$/, '')

/** What is known of a reference before a record is chosen. */
export type Target = Pick<Field, 'type' | 'to'>

/** The objects a field may point to; a user field says nothing and means users. */
export const targetsOf = (field: Target): string[] =>
  field.to?.length ? field.to : field.type === 'user' ? ['user'] : []

function nameFieldOf(field: Field, objects: Map<string, ObjectSummary>): string {
  const [first, ...others] = targetsOf(field)
  return others.length > 0 ? 'name' : (objects.get(first ?? '')?.name_field ?? 'name')
}

export function lookupPaths(field: Field, objects: Map<string, ObjectSummary>): string[] {
  return [field.name, `${relationshipOf(field)}.${nameFieldOf(field, objects)}`]
}

/** The part of a record that names what a reference points to, as `relatedName` reads it. */
export function relatedPart(
  field: Field,
  name: string | null,
  objects: Map<string, ObjectSummary>,
): RecordData {
  return { [relationshipOf(field)]: name === null ? null : { [nameFieldOf(field, objects)]: name } }
}

/** The name of the record a field points to, from the nested part of the answer. */
export function relatedName(
  field: Field,
  record: RecordData,
  objects: Map<string, ObjectSummary>,
): string | null {
  const related = record[relationshipOf(field)]
  if (typeof related !== 'object' || related === null) return null
  const values = related as RecordData
  const name = values[nameFieldOf(field, objects)] ?? values.name
  return name === null || name === undefined ? null : String(name)
}
