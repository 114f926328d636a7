// Changing a record in everything that has been read of it, so that a screen shows a change before the server has answered.
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { idOf, type Page, type RecordData } from '../../api/types.ts'

type Read = Page | InfiniteData<Page> | RecordData

function patchPage(page: Page, id: string, change: RecordData): Page {
  const at = page.records.findIndex((record) => idOf(record) === id)
  const before = page.records[at]
  if (!before) return page
  // Only what the page has read: a list does not grow fields by being edited.
  const known = Object.fromEntries(Object.entries(change).filter(([name]) => name in before))
  return { ...page, records: page.records.with(at, { ...before, ...known }) }
}

export function patched(data: Read, id: string, change: RecordData): Read {
  if ('pages' in data && Array.isArray(data.pages)) {
    const { pages } = data as InfiniteData<Page>
    const next = pages.map((page) => patchPage(page, id, change))
    return next.every((page, index) => page === pages[index]) ? data : { ...data, pages: next }
  }
  if ('records' in data && Array.isArray(data.records)) return patchPage(data as Page, id, change)
  return idOf(data as RecordData) === id ? { ...data, ...change } : data
}

/** Puts values into every list, board and page that shows the record. */
export function patchRecord(client: QueryClient, object: string, id: string, change: RecordData) {
  for (const kind of ['records', 'record']) {
    client.setQueriesData<Read>({ queryKey: [kind, object] }, (data) => data && patched(data, id, change))
  }
}
