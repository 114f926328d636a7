// What single pages read; apart from the other queries, which every page loads.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, unwrap } from './client.ts'
import type { AuditKind, AuditSearch, Job, Page } from './types.ts'

/** Profiles and permission sets. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/roles'))).roles,
})

/** A role, with the mark by which a write says which state of it was seen. */
export const roleQuery = (name: string) =>
  queryOptions({
    queryKey: ['roles', name],
    queryFn: async () => {
      const answer = await client.GET('/api/v1/roles/{name}', { params: { path: { name } } })
      return { role: await unwrap(Promise.resolve(answer)), tag: answer.response.headers.get('ETag') ?? '' }
    },
  })

/** What a user may do with a record and one of its fields, and why. */
export const accessQuery = (user: string, record: string, field?: string) =>
  queryOptions({
    queryKey: ['access', user, record, field],
    queryFn: () => unwrap(client.GET('/api/v1/access', { params: { query: { user, record, field } } })),
  })

/** Where the user is signed in, or another one. */
export const sessionsQuery = (user?: string) =>
  queryOptions({
    queryKey: ['sessions', user],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/sessions', { params: { query: { user } } }))).sessions,
  })

/** The tokens of programs that act for the user, or for another. */
export const tokensQuery = (user?: string) =>
  queryOptions({
    queryKey: ['tokens', user],
    queryFn: async () => (await unwrap(client.GET('/api/v1/tokens', { params: { query: { user } } }))).tokens,
  })

/** Whether signing in takes a second step. */
export const secondFactorQuery = queryOptions({
  queryKey: ['second_factor'],
  queryFn: () => unwrap(client.GET('/api/v1/me/second_factor')),
})

/** One's own passkeys. */
export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/me/passkeys'))).passkeys,
})

/** What the sandbox kept instead of sending it. */
export const mailsQuery = queryOptions({
  queryKey: ['mails'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/mails'))).mails,
})

/** Which entries, as the API asks for them: times instead of days. */
export type AuditFilter = Omit<AuditSearch, 'kind'> & { kind?: AuditKind | undefined }

/** The audit log, the newest first. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.GET('/api/v1/audit/entries', {
          params: { query: { ...filter, cursor: pageParam ?? undefined, limit: 100 } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 2_000,
    placeholderData: keepPreviousData,
  })

/** Where checkpoints of the audit log are posted, and how that went. */
export const auditPostingQuery = queryOptions({
  queryKey: ['audit_posting'],
  queryFn: () => unwrap(client.GET('/api/v1/audit/posting')),
  refetchInterval: (query) => (query.state.data?.url ? 5_000 : false),
})

/** The address of the same entries as a table. */
export function auditTableUrl(filter: AuditFilter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const search = new URLSearchParams(given).toString()
  return `/api/v1/audit/table${search ? `?${search}` : ''}`
}

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
