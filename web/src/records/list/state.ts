// The state of a list: what the saved view says, overlaid by what the URL says. Nothing else remembers it.
import type { ObjectDetail, View } from '../../api/types.ts'
import { both, type Filter, parseFilter, type SortKey } from '../../lib/filter.ts'
import { amountField, boardField, defaultColumns, fieldsByName } from '../meta.ts'

export interface ListSearch {
  view?: string
  kind?: 'list' | 'board'
  filter?: Filter | null
  sort?: SortKey[]
  columns?: string[]
  q?: string
  pipeline?: string
  peek?: string
}

/** Reads the search part of the URL, dropping whatever is not as it should be. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {}
  const text = (key: 'view' | 'q' | 'pipeline' | 'peek') => {
    const value = raw[key]
    if (typeof value === 'string' && value !== '') search[key] = value
    else if (typeof value === 'number') search[key] = String(value)
  }
  text('view')
  text('q')
  text('pipeline')
  text('peek')
  if (raw.kind === 'list' || raw.kind === 'board') search.kind = raw.kind
  if (raw.filter === null) search.filter = null
  else if (raw.filter !== undefined) search.filter = parseFilter(raw.filter)
  if (Array.isArray(raw.sort)) search.sort = raw.sort.filter(isSortKey)
  if (Array.isArray(raw.columns)) search.columns = raw.columns.filter((item) => typeof item === 'string')
  return search
}

function isSortKey(value: unknown): value is SortKey {
  return typeof value === 'object' && value !== null && 'field' in value && typeof value.field === 'string'
}

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
  const fields = fieldsByName(meta)
  const known = (columns: string[]) => columns.filter((name) => fields.has(name))
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
