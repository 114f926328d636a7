// With whom a record is shared, and sharing it.
import { queryOptions } from '@tanstack/react-query'
import { client, unwrap, unwrapWithResponse } from '../../api/client.ts'
import type { ShareTerms } from '../../api/types.ts'

export const sharesQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id, 'shares'],
    queryFn: () =>
      unwrap(client.GET('/api/v1/records/{object}/{id}/shares', { params: { path: { object, id } } })),
    staleTime: 5_000,
  })

/** Shares a record, or changes the terms on which it is shared. */
export const shareRecord = (object: string, id: string, grantee: string, body: ShareTerms) =>
  unwrap(
    client.PUT('/api/v1/records/{object}/{id}/shares/{with}', {
      params: { path: { object, id, with: grantee } },
      body,
    }),
  )

export const unshareRecord = (object: string, id: string, grantee: string) =>
  unwrapWithResponse(
    client.DELETE('/api/v1/records/{object}/{id}/shares/{with}', {
      params: { path: { object, id, with: grantee } },
    }),
  )
