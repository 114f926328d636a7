// Reads again what others have changed: soon, together, not oftener than a screen can be read, and never under somebody's hands.
import type { Query, QueryClient } from '@tanstack/react-query'
import type { ChangeEvent } from '../../api/events.ts'
import { isOwnWrite } from '../../api/own_writes.ts'
import { editedRecord, isEditing, isEditingRow } from '../../lib/editing.ts'
import { addTo, emptyBatch, isAffected } from './affected.ts'
import { pageCount, patchRows } from './patch.ts'

/** Changes of a moment come together. */
const gathering = 200
/** The least time between two readings. */
const spacing = 1_000
/** A list of so many pages has its rows patched at once, and is read as a whole only now and then. */
const manyPages = 4
const longSpacing = 10_000

/** Takes changes, and keeps what the client has read up to date with them. */
export function createRefresher(client: QueryClient) {
  let batch = emptyBatch()
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastRun = 0
  /** Queries to read again, and the earliest time for it. */
  const due = new Map<Query, number>()

  const schedule = (wait: number) => {
    timer ??= setTimeout(run, wait)
  }

  const run = () => {
    timer = undefined
    lastRun = Date.now()
    sort()
    read()
    if (due.size > 0) schedule(spacing / 2)
  }

  /** Says for each affected query whether it is read again now, later, or when it is next shown. */
  const sort = () => {
    const taken = batch
    batch = emptyBatch()
    if (taken.changes.size === 0) return
    for (const query of client.getQueryCache().getAll()) {
      if (!isAffected(query, taken)) continue
      if (document.hidden || !query.isActive()) {
        query.invalidate()
        continue
      }
      const long = pageCount(query) > manyPages
      if (!due.has(query)) due.set(query, long ? lastRun + longSpacing : lastRun)
      if (query.queryKey[0] === 'records' && (long || isEditingRow())) {
        void patchRows(client, query, taken.changes.keys(), editedRecord()).catch(() => {})
      }
    }
  }

  const read = () => {
    const ready = new Set<Query>()
    for (const [query, at] of due) {
      if (!query.isActive()) {
        query.invalidate()
        due.delete(query)
      } else if (at <= Date.now() && query.state.fetchStatus === 'idle' && !isHeld(query)) {
        ready.add(query)
        due.delete(query)
      }
    }
    if (ready.size > 0) void client.invalidateQueries({ predicate: (query) => ready.has(query) })
  }

  const onVisible = () => {
    if (document.hidden) return
    void client.refetchQueries({ type: 'active', predicate: (query) => query.state.isInvalidated })
  }
  document.addEventListener('visibilitychange', onVisible)

  return {
    take: (change: ChangeEvent) => {
      if (isOwnWrite(change.change_set)) return
      addTo(batch, change)
      schedule(Math.max(gathering, lastRun + spacing - Date.now()))
    },
    stop: () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    },
  }
}

/** Rows stay put while one of them is edited; a record stays as it was opened while it is edited. */
function isHeld({ queryKey: [kind] }: Query): boolean {
  if (kind === 'records') return isEditingRow()
  return kind === 'record' && isEditing()
}
