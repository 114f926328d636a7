// What the screens read, as TanStack Query options; keys start with the kind of thing, so that writes can invalidate.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { byModule } from '../lib/modules.ts'
import { client, unwrap } from './client.ts'
import { ApiError } from './problem.ts'
import type { Job, Me, ObjectDetail, ObjectSummary, Page, RecordData, View } from './types.ts'

const minute = 60_000

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Me | null> => {
    try {
      return (await unwrap(client.GET('/api/v1/sessions/current'))).user
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 10 * minute,
  // What was chosen in another browser shows when one comes back to this one.
  refetchOnWindowFocus: 'always',
})

/** Full-text search over all objects, or over one; by object, the best first. */
export const searchQuery = (text: string, limit: number, object?: string) =>
  queryOptions({
    queryKey: ['search', text, limit, object],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/api/v1/search', { params: { query: { q: text, limit, objects: object } }, signal }),
      ),
    enabled: text !== '',
    staleTime: 5_000,
    placeholderData: keepPreviousData,
  })

/** The records the user looked at lately, on any device. */
export const recentQuery = (limit: number) =>
  queryOptions({
    queryKey: ['recent', limit],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/me/recent', { params: { query: { limit } } }))).records,
    staleTime: 5_000,
  })

/** What runs here, and where its source is. */
export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: () => unwrap(client.GET('/api/v1/about')),
  staleTime: Number.POSITIVE_INFINITY,
})

export const objectsQuery = queryOptions({
  queryKey: ['objects'],
  queryFn: async (): Promise<ObjectSummary[]> =>
    byModule((await unwrap(client.GET('/api/v1/objects'))).objects),
  staleTime: 10 * minute,
})

export const objectQuery = (object: string) =>
  queryOptions({
    queryKey: ['object', object],
    queryFn: async (): Promise<ObjectDetail> =>
      (await unwrap(
        client.GET('/api/v1/objects/{object}', { params: { path: { object } } }),
      )) as ObjectDetail,
    staleTime: 10 * minute,
    enabled: object !== '',
  })

export const viewsQuery = (object: string) =>
  queryOptions({
    queryKey: ['views', object],
    queryFn: async (): Promise<View[]> =>
      (await unwrap(client.GET('/api/v1/views', { params: { query: { object } } }))).views as View[],
    staleTime: minute,
    refetchOnWindowFocus: true,
  })

interface RunQuery {
  q: string
  cursor?: string | null
  limit?: number
}

async function runQuery(request: RunQuery): Promise<Page> {
  const page = await unwrap(client.POST('/api/v1/query', { body: request }))
  return { records: page.records, next: page.next ?? null }
}

/** One page of a query, without paging on. */
export const queryPage = (object: string, q: string, limit?: number) =>
  queryOptions({
    queryKey: ['records', object, 'page', q, limit],
    queryFn: () => runQuery({ q, limit }),
    staleTime: 10_000,
  })

/** All pages of a query, fetched as they are scrolled to. How many there are in all is asked apart: among millions, counting takes longer. */
export const queryPages = (object: string, q: string, limit = 100) =>
  infiniteQueryOptions({
    queryKey: ['records', object, 'pages', q, limit],
    queryFn: ({ pageParam }) => runQuery({ q, cursor: pageParam, limit }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  })

export const recordQuery = (object: string, id: string, fields?: string[]) =>
  queryOptions({
    queryKey: ['record', object, id, fields?.join(',')],
    queryFn: async (): Promise<RecordData> =>
      unwrap(
        client.GET('/api/v1/records/{object}/{id}', {
          params: { path: { object, id }, query: { fields: fields?.join(',') } },
        }),
      ),
    staleTime: 5_000,
  })

export const timelineQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', object, id],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.GET('/api/v1/records/{object}/{id}/timeline', {
          params: { path: { object, id }, query: { cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 5_000,
  })

/** The changes of a record, the newest first. */
export const historyQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['history', object, id],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.GET('/api/v1/records/{object}/{id}/history', {
          params: { path: { object, id }, query: { cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 5_000,
  })

const isLive = (job: Job) => job.state === 'queued' || job.state === 'running'

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async (): Promise<Job[]> => (await unwrap(client.GET('/api/v1/jobs'))).jobs,
  refetchInterval: (query) => (query.state.data?.some(isLive) ? 1_000 : 15_000),
})

/** A job, asked for again each half second until it has ended. */
export const jobQuery = (id: string | null) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: (): Promise<Job> =>
      unwrap(client.GET('/api/v1/jobs/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== null,
    refetchInterval: (query) => (!query.state.data || isLive(query.state.data) ? 500 : false),
  })

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/imports'))).imports,
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id],
    queryFn: () => unwrap(client.GET('/api/v1/imports/{id}', { params: { path: { id } } })),
  })

export const recycleBinQuery = (object: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['recycle_bin', object],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.GET('/api/v1/recycle_bin', { params: { query: { object, cursor: pageParam ?? undefined } } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
