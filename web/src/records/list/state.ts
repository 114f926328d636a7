// The state of a list: what the saved view says, overlaid by what the URL says. Nothing else remembers it.
import type { ObjectDetail, View } from '../../api/types.ts'
import { both, type Filter, parseFilter, type SortKey } from '../../lib/filter.ts'
import { amountField, boardField, defaultColumns, fieldOfColumn } from '../meta.ts'
import type { ListSearch, ViewKind } from './search.ts'

export interface ListState {
  view: View | null
  kind: ViewKind
  filter: Filter | null
  sort: SortKey[]
  columns: string[]
  widths: Record<string, number>
  pinned: number
  q: string
  groupBy: string | null
  total: string | null
  pipeline: string | null
  /** The date field of the calendar; null where the object has none. */
  date: string | null
  /** True when the URL changes what the saved view says. */
  changed: boolean
}

export function listState(meta: ObjectDetail, views: View[], search: ListSearch): ListState {
  const view = views.find((item) => item.id === search.view) ?? openingView(views)
  const known = (columns: string[]) => [
    ...new Set(columns.flatMap((column) => fieldOfColumn(meta, column)?.name ?? [])),
  ]
  const columns = known(search.columns ?? view?.columns ?? [])
  return {
    view,
    kind: search.kind ?? view?.kind ?? 'list',
    filter: search.filter === undefined ? parseFilter(view?.filter) : search.filter,
    sort: search.sort ?? view?.sort ?? [],
    columns: columns.length > 0 ? columns : defaultColumns(meta),
    widths: search.widths ?? view?.widths ?? {},
    pinned: search.pinned ?? view?.pinned ?? 0,
    q: search.q ?? '',
    groupBy: view?.board?.group_by ?? boardField(meta),
    total: amountField(meta, view?.board?.total),
    pipeline: search.pipeline ?? null,
    date: dateField(meta, search.date ?? view?.calendar?.date),
    changed:
      search.filter !== undefined ||
      search.sort !== undefined ||
      search.columns !== undefined ||
      search.widths !== undefined ||
      search.pinned !== undefined ||
      (search.date !== undefined && search.date !== view?.calendar?.date) ||
      isOtherKind(search, view),
  }
}

const nearness = ['private', 'team', 'shared', 'pack']

/** The view an object opens with: one's own default before the team's, before everybody's, before the pack's. */
function openingView(views: View[]): View | null {
  const defaults = views.filter((item) => item.default)
  defaults.sort((left, right) => nearness.indexOf(left.scope) - nearness.indexOf(right.scope))
  return defaults[0] ?? views[0] ?? null
}

/** The field that puts a record on a day: the one asked for, or the first that people fill in, or when it was made. */
function dateField(meta: ObjectDetail, wanted: string | undefined): string | null {
  const dates = meta.fields.filter(
    (field) => (field.type === 'date' || field.type === 'date_time') && !field.masked,
  )
  const found =
    dates.find((field) => field.name === wanted) ?? dates.find((field) => !field.system && !field.read_only)
  return (found ?? dates.find((field) => field.name === 'created_at'))?.name ?? null
}

const isOtherKind = (search: ListSearch, view: View | null) =>
  search.kind !== undefined && search.kind !== (view?.kind ?? 'list')

/** The filter with the search box joined in: the name contains what was typed. */
export function effectiveFilter(meta: ObjectDetail, state: ListState): Filter | null {
  const search: Filter | null = state.q ? { field: meta.name_field, op: 'contains', value: state.q } : null
  return both(state.filter, search)
}
