// Adds files: a record of the object `file` is made by its bytes, not by a form.
import { useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadFile } from '../api/commands.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { showToast } from '../ui/toast.tsx'
import { refreshRecords, useErrorToast } from './writes.ts'

/** The object whose records are uploaded instead of typed. */
export const fileObject = 'file'

export function UploadButton({ relatedTo, small }: { relatedTo?: string; small?: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const box = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const upload = async (files: FileList | null) => {
    setBusy(true)
    try {
      for (const file of files ?? []) {
        await uploadFile(file, relatedTo)
        showToast(t('field.uploaded', { name: file.name }))
      }
    } catch (error) {
      onError(error)
    }
    setBusy(false)
    await refreshRecords(client)
  }
  const choose = () => box.current?.click()
  return (
    <>
      <input
        ref={box}
        type="file"
        multiple
        hidden
        data-testid="upload"
        onChange={(event) => void upload(event.target.files)}
      />
      {small ? (
        <IconButton small label={t('field.upload')} disabled={busy} onClick={choose}>
          <Upload size={15} aria-hidden />
        </IconButton>
      ) : (
        <Button variant="primary" icon={<Upload size={15} aria-hidden />} disabled={busy} onClick={choose}>
          {t('field.upload')}
        </Button>
      )}
    </>
  )
}
