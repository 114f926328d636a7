// What the keys of every page do, loaded with the first of them: going places, making and editing records.
import type { QueryClient } from '@tanstack/react-query'
import type { AnyRouter } from '@tanstack/react-router'
import { objectsQuery } from '../api/queries.ts'
import type { Overlay } from '../features/palette/command.ts'
import { objectOf, targetAt } from '../features/palette/target.ts'
import { objectLetters, places } from '../lib/shortcuts.ts'

const known = (client: QueryClient) => client.getQueryData(objectsQuery.queryKey) ?? []

/** To a place, or to the list of an object, by the letter after G. */
export function go(letter: string, router: AnyRouter, client: QueryClient) {
  const place = (places as Record<string, (typeof places)[keyof typeof places]>)[letter]
  const shown = known(client).filter((item) => item.in_navigation)
  const object = objectLetters(shown).get(letter)
  if (place) void router.navigate({ to: place, search: {} })
  else if (object) void router.navigate({ to: '/o/$object', params: { object } })
}

/** A new record of the object one is looking at; elsewhere the palette, which makes any. */
export function create(router: AnyRouter, client: QueryClient, show: (overlay: Overlay) => void) {
  const object = objectOf(router.state.location.pathname)
  const summary = known(client).find((item) => item.name === object)
  if (object && summary?.rights.create && object !== 'file') show({ kind: 'create', object })
  else show({ kind: 'palette' })
}

/** The form of the record one is looking at. */
export function edit(router: AnyRouter, show: (overlay: Overlay) => void) {
  const { pathname, search } = router.state.location
  const target = targetAt(pathname, search)
  const [id] = target?.ids ?? []
  if (target && id && target.ids.length === 1) show({ kind: 'edit', object: target.object, id })
}
