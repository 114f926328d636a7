// Writing records from any screen: what must be read again afterwards, the undo toast, and errors as toasts.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deleteRecord, undoChangeSet } from '../api/commands.ts'
import { ApiError } from '../api/problem.ts'
import { showError, showToast } from '../ui/toast.tsx'

/** After a write nothing that shows records can be trusted; screens in view read again, the others when shown. */
export async function refreshRecords(client: QueryClient) {
  const kinds = ['records', 'record', 'timeline', 'recycle_bin']
  await client.invalidateQueries({ predicate: (query) => kinds.includes(String(query.queryKey[0])) })
}

export function useErrorToast() {
  const { t } = useTranslation()
  return (error: unknown) => {
    if (!(error instanceof ApiError)) return showError(t('errors.network'))
    if (error.status === 401) return
    const detail = error.problem?.detail || error.problem?.title
    const fields = (error.problem?.errors ?? []).map((item) => item.message).join(t('common.semicolon'))
    if (error.status === 403 && !detail) return showError(t('errors.forbidden'))
    showError(
      [detail ?? t('errors.unknown', { status: error.status }), fields]
        .filter(Boolean)
        .join(t('common.colon')),
    )
  }
}

/** Shows what was done with a button that takes it back. */
export function useUndoToast() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  return (text: string, changeSet: string | null) => {
    if (!changeSet) return showToast(text)
    showToast(text, {
      label: t('common.undo'),
      run: () => {
        undoChangeSet(changeSet)
          .then(async (result) => {
            await refreshRecords(client)
            const [conflict] = result.conflicts
            if (result.reverted === 0 && conflict) showError(conflict.reason)
            else showToast(t('common.undone'))
          })
          .catch(onError)
      },
    })
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
