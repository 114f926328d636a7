// Which of the things read from the server a set of changes is about.
import type { Query } from '@tanstack/react-query'
import type { ChangeEvent } from '../../api/events.ts'

/** Changes seen together, with what they are looked up by. */
export interface Batch {
  changes: Map<string, ChangeEvent>
  objects: Set<string>
  about: Set<string>
}

export const emptyBatch = (): Batch => ({ changes: new Map(), objects: new Set(), about: new Set() })

export function addTo(batch: Batch, change: ChangeEvent) {
  batch.changes.set(change.id, change)
  batch.objects.add(change.object)
  for (const id of change.about ?? []) batch.about.add(id)
}

/** Whether one of the changed records is in what was read, if only as what another record points to. */
function mentions(data: unknown, ids: Batch['changes']): boolean {
  if (typeof data === 'string') return ids.has(data)
  if (Array.isArray(data)) return data.some((item) => mentions(item, ids))
  if (typeof data !== 'object' || data === null) return false
  return Object.values(data).some((item) => mentions(item, ids))
}

/** Whether what a query has read may be out of date by these changes. */
export function isAffected({ queryKey, state }: Pick<Query, 'queryKey' | 'state'>, batch: Batch): boolean {
  const [kind, object, id] = queryKey.map(String)
  switch (kind) {
    case 'records':
      return batch.objects.has(object ?? '') || mentions(state.data, batch.changes)
    case 'record':
      return batch.changes.has(id ?? '') || mentions(state.data, batch.changes)
    case 'timeline':
      return batch.changes.has(id ?? '') || batch.about.has(id ?? '') || mentions(state.data, batch.changes)
    case 'recent':
      return mentions(state.data, batch.changes)
    case 'recycle_bin':
      return [...batch.changes.values()].some(({ op }) => op !== 'create' && op !== 'update')
    default:
      return false
  }
}
