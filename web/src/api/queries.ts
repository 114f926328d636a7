// What the screens read, as TanStack Query options; keys start with the kind of thing, so that writes can invalidate.
import { queryOptions } from '@tanstack/react-query'
import { byModule } from '../lib/modules.ts'
import { client, unwrap } from './client.ts'
import { ApiError } from './problem.ts'
import type { Field, Me, ObjectDetail, ObjectSummary, RecordData, View } from './types.ts'

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

/** What the platform keeps of a file is a number and a text to the server, a size and a kind to people. */
function ofFile(field: Field): Field {
  const type = { size: 'file_size', content_type: 'file_kind' }[field.name]
  return type ? { ...field, type } : field
}

export const objectQuery = (object: string) =>
  queryOptions({
    queryKey: ['object', object],
    queryFn: async (): Promise<ObjectDetail> => {
      const meta = (await unwrap(
        client.GET('/api/v1/objects/{object}', { params: { path: { object } } }),
      )) as ObjectDetail
      return object === 'file' ? { ...meta, fields: meta.fields.map(ofFile) } : meta
    },
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
