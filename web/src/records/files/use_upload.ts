// Uploads files one after the other and says how far it is.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadFile } from '../../api/commands.ts'
import { showToast } from '../../ui/toast.tsx'
import { refreshRecords, useErrorToast } from '../writes.ts'

export function useUpload(relatedTo: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [busy, setBusy] = useState<{ done: number; total: number } | null>(null)
  const upload = async (files: File[]) => {
    if (files.length === 0 || busy) return
    setBusy({ done: 0, total: files.length })
    for (const [index, file] of files.entries()) {
      try {
        await uploadFile(file, relatedTo)
        if (files.length === 1) showToast(t('field.uploaded', { name: file.name }))
      } catch (error) {
        onError(error)
      }
      setBusy({ done: index + 1, total: files.length })
    }
    if (files.length > 1) showToast(t('files.uploadedAll', { count: files.length }))
    setBusy(null)
    await refreshRecords(client)
  }
  return { busy, upload }
}
