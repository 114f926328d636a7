// Saving a cell of a list: shown at once, taken back with the reason when the server refuses, and put to the user when somebody else
// changed the same field first. Writes of one record go one after the other.
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/problem.ts'
import { recordQuery } from '../../api/queries.ts'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { allPaths, nameOf } from '../meta.ts'
import { useErrorToast, useUndoToast } from '../writes.ts'
import { same, updateMerged } from './merge.ts'
import { patchRecord } from './patch.ts'

export interface CellChange {
  record: RecordData
  field: Field
  value: unknown
  /** What else of the record shows the value, such as the name of what it points to. */
  beside: RecordData
}

export interface CellConflict extends CellChange {
  theirs: RecordData
}

export function useCellSave(meta: ObjectDetail) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { objects } = useFieldSettings()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  const [conflict, setConflict] = useState<CellConflict | null>(null)
  const queues = useRef(new Map<string, Promise<void>>())

  const write = async (change: CellChange) => {
    const { record, field, value, beside } = change
    const id = idOf(record)
    try {
      const { data, changeSet } = await updateMerged(meta.name, record, { [field.name]: value ?? null })
      patchRecord(client, meta.name, id, { ...data, ...beside })
      undoToast(t('grid.saved', { name: nameOf(data, meta.name_field), field: field.label }), changeSet)
      // The list itself stays as it is under the hands of its user; what counts and tells of the record is read again.
      await client.invalidateQueries({
        predicate: ({ queryKey: [kind, object, how] }) =>
          kind === 'timeline' ||
          kind === 'history' ||
          (kind === 'records' && !(object === meta.name && how === 'pages')),
      })
    } catch (error) {
      const before = Object.fromEntries(
        Object.keys({ [field.name]: 1, ...beside }).map((key) => [key, record[key] ?? null]),
      )
      patchRecord(client, meta.name, id, before)
      if (!(error instanceof ApiError && error.current)) return onError(error)
      const now = recordQuery(meta.name, id, allPaths(meta, objects))
      const theirs = await client.fetchQuery({ ...now, staleTime: 0 })
      patchRecord(client, meta.name, id, theirs)
      setConflict({ ...change, theirs })
    }
  }

  const save = (change: CellChange) => {
    const { record, field, value, beside } = change
    if (same(record[field.name], value)) return
    const id = idOf(record)
    patchRecord(client, meta.name, id, { [field.name]: value ?? null, ...beside })
    const before = queues.current.get(id) ?? Promise.resolve()
    const done = before.then(() => write(change)).catch(onError)
    queues.current.set(id, done)
    void done.finally(() => queues.current.get(id) === done && queues.current.delete(id))
  }

  return {
    save,
    conflict,
    keepMine: () => {
      if (conflict) save({ ...conflict, record: conflict.theirs })
      setConflict(null)
    },
    closeConflict: () => setConflict(null),
  }
}
