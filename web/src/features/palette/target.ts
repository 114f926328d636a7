// What commands are about, from the address and from what is ticked.
import { currentSelection } from '../../lib/selection.ts'
import type { Target } from './command.ts'

/** The object of an address, if it is a list or a record. */
export const objectOf = (path: string): string | null => /^\/o\/([^/]+)/.exec(path)?.[1] ?? null

export function targetAt(path: string, search: { peek?: unknown }): Target | null {
  const object = objectOf(path)
  if (!object) return null
  const id = /^\/o\/[^/]+\/([^/]+)/.exec(path)?.[1]
  if (id) return { object, ids: [id] }
  if (typeof search.peek === 'string') return { object, ids: [search.peek] }
  const selection = currentSelection()
  return selection?.object === object ? selection : null
}
