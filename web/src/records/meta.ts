// Reading an object's metadata: fields by name, what to select, how a record is called.
import i18next from 'i18next'
import type { Field, ObjectDetail, ObjectSummary, RecordData } from '../api/types.ts'
import { fieldType } from '../fields/registry.ts'

export function fieldsByName(meta: ObjectDetail): Map<string, Field> {
  return new Map(meta.fields.map((field) => [field.name, field]))
}

/** The field that shows a column: a column may be a path, such as `owner.name`, that goes through a reference. */
export function fieldOfColumn(meta: ObjectDetail, column: string): Field | undefined {
  const exact = meta.fields.find((field) => field.name === column)
  if (exact || !column.includes('.')) return exact
  const [relationship] = column.split('.')
  return meta.fields.find((field) => field.relationship === relationship)
}

/** The paths that show these columns, with the id and the name, each once. */
export function pathsFor(
  meta: ObjectDetail,
  columns: string[],
  objects: Map<string, ObjectSummary>,
): string[] {
  const fields = fieldsByName(meta)
  const paths = new Set(['id', meta.name_field])
  for (const column of columns) {
    const field = fields.get(column)
    if (field) for (const path of fieldType(field.type).select(field, objects)) paths.add(path)
  }
  return [...paths]
}

/** The paths of everything there is to a record, its version included. */
export function allPaths(meta: ObjectDetail, objects: Map<string, ObjectSummary>): string[] {
  const names = meta.fields.map((field) => field.name)
  return [...new Set([...pathsFor(meta, names, objects), 'version'])]
}

export function nameOf(record: RecordData, nameField: string): string {
  const name = record[nameField]
  if (name === null || name === undefined || name === '') return i18next.t('common.untitled')
  return typeof name === 'object' ? JSON.stringify(name) : String(name)
}

/** The columns of a list that says nothing of its own: the name and the first fields of the layout. */
export function defaultColumns(meta: ObjectDetail): string[] {
  const known = fieldsByName(meta)
  const wanted = [
    meta.name_field,
    ...meta.layout.highlights,
    ...meta.layout.sections.flatMap((part) => part.fields),
  ]
  const columns = [...new Set(wanted)].filter((name) => {
    const field = known.get(name)
    return field && !fieldType(field.type).wide
  })
  return columns.slice(0, 7)
}

/** The field a board is grouped by, with its values in order. */
export interface BoardColumn {
  value: string
  label: string
  color: string | null
  category: 'open' | 'won' | 'lost' | null
}

export function boardColumns(meta: ObjectDetail, groupBy: string, pipeline: string | null): BoardColumn[] {
  if (meta.stage && groupBy === meta.stage.stage_field && meta.pipelines.length > 0) {
    const chosen = meta.pipelines.find((item) => item.name === pipeline) ?? defaultPipeline(meta)
    return (chosen?.stages ?? []).map(({ value, label, color, category }) => ({
      value,
      label,
      color,
      category,
    }))
  }
  const field = fieldsByName(meta).get(groupBy)
  return (field?.values ?? [])
    .filter((item) => item.active)
    .map(({ value, label, color }) => ({ value, label, color, category: null }))
}

export function defaultPipeline(meta: ObjectDetail) {
  return meta.pipelines.find((item) => item.default) ?? meta.pipelines[0]
}

/** The field a board is grouped by when the view at hand says none: that of the first board among the views, or the first choice. */
export function boardField(meta: ObjectDetail): string | null {
  if (meta.stage) return meta.stage.stage_field
  const grouped = meta.views.find((view) => view.board)?.board?.group_by
  if (grouped) return grouped
  const choices = meta.fields.filter(
    (field) => field.type === 'picklist' && field.values?.length && !field.masked,
  )
  return (choices.find((field) => field.restricted) ?? choices[0])?.name ?? null
}

/** The amount that is added up: the one asked for or the first there is, but none that is seen only in part. */
export function amountField(meta: ObjectDetail, wanted?: string | null): string | null {
  const whole = meta.fields.filter((field) => !field.masked)
  const name = wanted ?? meta.stage?.amount_field
  return (
    (whole.find((field) => field.name === name) ?? whole.find((field) => field.type === 'money'))?.name ??
    null
  )
}

/** Whether records have a phone number or an e-mail address, and so can be cards of an address book. */
export const canBeCards = (meta: ObjectDetail): boolean =>
  meta.fields.some((field) => field.type === 'phone' || field.type === 'email')
