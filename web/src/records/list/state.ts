// The state of a list: what the saved view says, overlaid by what the URL says. Nothing else remembers it.
import type { ObjectDetail, View } from '../../api/types.ts'
import { both, type Filter, parseFilter, type SortKey } from '../../lib/filter.ts'
import { amountField, boardField, defaultColumns, fieldOfColumn } from '../meta.ts'
import type { ListSearch } from './search.ts'

export interface ListState {
  view: View | null
  kind: 'list' | 'board'
  filter: Filter | null
  sort: SortKey[]
  columns: string[]
  q: string
  groupBy: string | null
  total: string | null
  pipeline: string | null
  /** True when the URL changes what the saved view says. */
  changed: boolean
}

export function listState(meta: ObjectDetail, views: View[], search: ListSearch): ListState {
  const view =
    views.find((item) => item.id === search.view) ?? views.find((item) => item.default) ?? views[0] ?? null
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
    q: search.q ?? '',
    groupBy: view?.board?.group_by ?? boardField(meta),
    total: view?.board?.total ?? amountField(meta),
    pipeline: search.pipeline ?? null,
    changed:
      search.filter !== undefined ||
      search.sort !== undefined ||
      search.columns !== undefined ||
      isOtherKind(search, view),
  }
}

const isOtherKind = (search: ListSearch, view: View | null) =>
  search.kind !== undefined && search.kind !== (view?.kind ?? 'list')

/** The filter with the search box joined in: the name contains what was typed. */
export function effectiveFilter(meta: ObjectDetail, state: ListState): Filter | null {
  const search: Filter | null = state.q ? { field: meta.name_field, op: 'contains', value: state.q } : null
  return both(state.filter, search)
}
