// How objects are shared, as the server says it, and saying it.
import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '../../api/client.ts'
import type { Sharing, SharingDefinition } from '../../api/types.ts'

/** How often is looked whether the records of rules have been found. */
const soon = 1_500
const isPending = (one: Sharing) => one.pending.length > 0

export const sharingListQuery = queryOptions({
  queryKey: ['sharing'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/sharing'))).objects,
  refetchInterval: ({ state }) => (state.data?.some(isPending) ? soon : false),
})

/** How an object is shared, with the mark by which a write says which state of it was seen. */
export const sharingQuery = (object: string) =>
  queryOptions({
    queryKey: ['sharing', object],
    queryFn: async () => {
      const answer = await client.GET('/api/v1/sharing/{object}', { params: { path: { object } } })
      return { value: await unwrap(Promise.resolve(answer)), tag: answer.response.headers.get('ETag') ?? '' }
    },
    refetchInterval: ({ state }) => (state.data && isPending(state.data.value) ? soon : false),
  })

/** Whether the audit log notes who reads the object's records. */
export const setSensitive = (object: string, sensitive: boolean) =>
  unwrap(client.PATCH('/api/v1/objects/{object}', { params: { path: { object } }, body: { sensitive } }))

/** Puts a definition in the place of the one there is, only if nobody else has changed it since. */
export const replaceSharing = (body: SharingDefinition, tag: string) =>
  unwrap(
    client.PUT('/api/v1/sharing/{object}', {
      params: { path: { object: body.object }, header: { 'If-Match': tag } },
      body,
    }),
  )
