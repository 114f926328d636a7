// What the notification centre reads and writes.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '../../api/client.ts'

/** The first part of the key of everything here: a message of the server's stream invalidates it. */
export const notificationsKey = 'notifications'

/** How many are unread. Another node of the server may have told something, so it is asked for now and then. */
export const unreadQuery = queryOptions({
  queryKey: [notificationsKey, 'unread'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/notifications/unread'))).unread,
  refetchInterval: 60_000,
  refetchOnWindowFocus: true,
  staleTime: 5_000,
})

export const listQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: [notificationsKey, 'list', unread],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.GET('/api/v1/notifications', {
          params: { query: { cursor: pageParam ?? undefined, unread, limit: 20 } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })

export const preferencesQuery = queryOptions({
  queryKey: [notificationsKey, 'preferences'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/notifications/preferences'))).kinds,
})

export const changePreferences = (kinds: Record<string, boolean>) =>
  unwrap(client.PATCH('/api/v1/notifications/preferences', { body: { kinds } }))

/** Marks these as read, or all that are not newer than one. */
export const markRead = (body: { ids?: string[]; up_to?: string }) =>
  unwrap(client.POST('/api/v1/notifications/read', { body }))
