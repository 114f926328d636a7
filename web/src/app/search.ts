// The search parameters of a list as the router reads them.
import { type ListSearch, parseListSearch } from '../records/list/state.ts'

export const listSearch = (raw: Record<string, unknown>): ListSearch => parseListSearch(raw)
