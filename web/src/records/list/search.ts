// The search part of a list's URL. It is read by the router, so it must not bring the fields into the shell.
import { type Filter, parseFilter, type SortKey } from '../../lib/filter.ts'

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
