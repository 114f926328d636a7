// The search part of a list's URL. It is read by the router, so it must not bring the fields into the shell.
import { type Filter, parseFilter, type SortKey } from '../../lib/filter.ts'

const kinds = ['list', 'board', 'calendar'] as const
export type ViewKind = (typeof kinds)[number]
export const spans = ['month', 'week', 'day'] as const
export type Span = (typeof spans)[number]

export interface ListSearch {
  view?: string
  kind?: ViewKind
  filter?: Filter | null
  sort?: SortKey[]
  columns?: string[]
  /** Widths in pixels of columns that differ from what is usual. */
  widths?: Record<string, number>
  /** How many of the first columns stay in view. */
  pinned?: number
  /** The date field of the calendar, the day it shows, and how much around it. */
  date?: string
  day?: string
  span?: Span
  q?: string
  pipeline?: string
  peek?: string
}

/** Reads the search part of the URL, dropping whatever is not as it should be. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {}
  const text = (key: 'view' | 'q' | 'pipeline' | 'peek' | 'date') => {
    const value = raw[key]
    if (typeof value === 'string' && value !== '') search[key] = value
    else if (typeof value === 'number') search[key] = String(value)
  }
  text('view')
  text('q')
  text('pipeline')
  text('peek')
  text('date')
  search.kind = kinds.find((kind) => kind === raw.kind)
  search.span = spans.find((span) => span === raw.span)
  if (typeof raw.day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw.day)) search.day = raw.day
  if (raw.filter === null) search.filter = null
  else if (raw.filter !== undefined) search.filter = parseFilter(raw.filter)
  if (Array.isArray(raw.sort)) search.sort = raw.sort.filter(isSortKey)
  if (Array.isArray(raw.columns)) search.columns = raw.columns.filter((item) => typeof item === 'string')
  if (typeof raw.widths === 'object' && raw.widths !== null) search.widths = widthsOf(raw.widths)
  if (typeof raw.pinned === 'number' && raw.pinned >= 0) search.pinned = Math.floor(raw.pinned)
  return withoutGaps(search)
}

const withoutGaps = (search: ListSearch) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as ListSearch

const widthsOf = (raw: object) =>
  Object.fromEntries(
    Object.entries(raw).filter(([, width]) => typeof width === 'number' && width >= 40 && width <= 1_200),
  ) as Record<string, number>

function isSortKey(value: unknown): value is SortKey {
  return typeof value === 'object' && value !== null && 'field' in value && typeof value.field === 'string'
}
