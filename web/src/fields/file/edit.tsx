// Uploads a file and keeps its id.
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { uploadFile } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import type { EditProps } from '../types.ts'

export function FileEdit({ id, value, onChange, invalid, describedBy }: EditProps) {
  const { t } = useTranslation()
  const upload = useMutation({
    mutationFn: (file: File) => uploadFile(file),
    onSuccess: (info) => onChange(info.id),
  })
  return (
    <span className="file-input">
      <input
        id={id}
        type="file"
        aria-invalid={invalid || upload.isError || undefined}
        aria-describedby={describedBy}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) upload.mutate(file)
        }}
      />
      {upload.isPending && <span role="status">{t('field.uploading')}</span>}
      {upload.isError && (
        <span className="form-error" role="alert">
          {upload.error instanceof ApiError && upload.error.problem
            ? upload.error.message
            : t('errors.network')}
        </span>
      )}
      {typeof value === 'string' && !upload.isPending && <span>{upload.data?.name ?? t('field.file')}</span>}
    </span>
  )
}
