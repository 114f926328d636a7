// Writing records from any screen: what must be read again afterwards, the undo toast, and errors as toasts.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deleteRecord, undoChangeSet } from '../api/commands.ts'
import { ApiError } from '../api/problem.ts'
import type { ObjectDetail } from '../api/types.ts'
import { showError, showToast } from '../ui/toast.tsx'

/** After a write nothing that shows records can be trusted; screens in view read again, the others when shown. */
export async function refreshRecords(client: QueryClient) {
  const kinds = ['records', 'record', 'timeline', 'history', 'recycle_bin']
  await client.invalidateQueries({ predicate: (query) => kinds.includes(String(query.queryKey[0])) })
}

/** Says what the server refused; with the metadata of the object, in the names that users know its fields by. */
export function useErrorToast(meta?: ObjectDetail) {
  const textOf = useErrorText(meta)
  return (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) return
    showError(textOf(error))
  }
}

/** What went wrong, in the user's language: what the server says, or that it cannot be reached. */
export function useErrorText(meta?: ObjectDetail) {
  const { t } = useTranslation()
  return (error: unknown): string => {
    if (!(error instanceof ApiError)) return t('errors.network')
    if (error.problem) return error.explain(labelsOf(meta), t('common.colon'))
    return error.status === 403 ? t('errors.forbidden') : t('errors.unknown', { status: error.status })
  }
}

const labelsOf = (meta?: ObjectDetail) => new Map(meta?.fields.map(({ name, label }) => [name, label]))

/** Takes a change set back, and says what became of it. */
export function useUndo() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  return (changeSet: string) => {
    undoChangeSet(changeSet)
      .then(async (result) => {
        if (!('reverted' in result)) return showToast(t('bulk.undoStarted'))
        await refreshRecords(client)
        const [conflict] = result.conflicts
        if (result.reverted === 0 && conflict) showError(conflict.reason)
        else if (conflict)
          showError(t('bulk.undonePartly', { count: result.reverted, kept: result.conflicts.length }))
        else showToast(t('common.undone'))
      })
      .catch(onError)
  }
}

/** Shows what was done with a button that takes it back. */
export function useUndoToast() {
  const { t } = useTranslation()
  const undo = useUndo()
  return (text: string, changeSet: string | null) => {
    if (!changeSet) return showToast(text)
    showToast(text, { label: t('common.undo'), run: () => undo(changeSet) })
  }
}

export function useDeleteRecord() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  return async (object: string, id: string, name: string): Promise<boolean> => {
    try {
      const { changeSet } = await deleteRecord(object, id)
      undoToast(t('record.deleted', { name }), changeSet)
      void refreshRecords(client)
      return true
    } catch (error) {
      onError(error)
      return false
    }
  }
}
