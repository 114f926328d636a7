// Brings new values into rows that are on screen, without moving any: for lists that cannot be read again just now.
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import { queryPage } from '../../api/page_queries.ts'
import { idOf, type Page, type RecordData } from '../../api/types.ts'

type Listed = Page | InfiniteData<Page>

const pagesOf = (data: Listed | undefined): Page[] => (data ? ('pages' in data ? data.pages : [data]) : [])

/** How many pages a list has read. */
export const pageCount = (query: Pick<Query, 'state'>) =>
  pagesOf(query.state.data as Listed | undefined).length

/** The statement with its conditions and order left out, for just these records. */
export function selectById(statement: string, ids: string[]): string | null {
  const head = /^SELECT .+? FROM \w+/.exec(statement)?.[0]
  return head ? `${head} WHERE id IN (${ids.map((id) => `'${id}'`).join(', ')})` : null
}

/** What was read, with these rows in place of the ones of the same id; pages without any stay the same object. */
export function replaceRows(data: Listed, fresh: Map<string, RecordData>): Listed {
  const replaced = (page: Page): Page =>
    page.records.some((row) => fresh.has(idOf(row)))
      ? { ...page, records: page.records.map((row) => fresh.get(idOf(row)) ?? row) }
      : page
  return 'pages' in data ? { ...data, pages: data.pages.map(replaced) } : replaced(data)
}

/** Reads the changed rows of a list and puts them where they are; `except` stays as it is. */
export async function patchRows(
  client: QueryClient,
  query: Query,
  changed: Iterable<string>,
  except: string | null,
) {
  const [, object, , statement] = query.queryKey.map(String)
  const shown = new Set(
    pagesOf(query.state.data as Listed | undefined).flatMap((page) => page.records.map(idOf)),
  )
  const ids = [...changed].filter((id) => shown.has(id) && id !== except)
  const text = ids.length > 0 ? selectById(statement ?? '', ids) : null
  if (!text || !object) return
  const page = await client.fetchQuery({
    ...queryPage(object, text, ids.length),
    queryKey: ['patch', text],
    staleTime: 0,
    gcTime: 0,
  })
  const fresh = new Map(page.records.map((row) => [idOf(row), row]))
  client.setQueryData<Listed>(query.queryKey, (data) => data && replaceRows(data, fresh))
}
