// One file of a list: its name opens the preview, a menu has the rest.
import { useQueryClient } from '@tanstack/react-query'
import {
  Download,
  Ellipsis,
  Eye,
  FileAudio,
  File as FileIcon,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileUp,
  FileVideo,
  Trash2,
} from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { fileContentUrl } from '../../api/commands.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { Menu } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import { fileObject } from '../upload_button.tsx'
import { refreshRecords, useDeleteRecord, useErrorToast } from '../writes.ts'
import { sizeText, uploadVersion } from './data.ts'

interface RowProps {
  record: RecordData
  rights: ObjectDetail['rights']
  onOpen: () => void
}

const icons: Array<[RegExp, typeof FileIcon]> = [
  [/\.(png|jpe?g|gif|webp|bmp|avif|heic|svg)$/i, FileImage],
  [/\.(pdf|docx?|txt|md|rtf|pptx?)$/i, FileText],
  [/\.(xlsx?|csv|tsv)$/i, FileSpreadsheet],
  [/\.(mp3|m4a|wav|ogg|flac|amr)$/i, FileAudio],
  [/\.(mp4|mov|webm|avi)$/i, FileVideo],
]

export function FileRow({ record, rights, onOpen }: RowProps) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const client = useQueryClient()
  const deleteRecord = useDeleteRecord()
  const onError = useErrorToast()
  const input = useRef<HTMLInputElement>(null)
  const id = idOf(record)
  const name = String(record.name)
  const version = Number(record.file_version ?? 1)
  const by = (record.updated_by as { name?: string } | null)?.name ?? t('common.somebody')
  const Icon = icons.find(([pattern]) => pattern.test(name))?.[1] ?? FileIcon
  const addVersion = async (file: File | undefined) => {
    if (!file) return
    try {
      const done = await uploadVersion(id, file)
      showToast(t('files.versionAdded', { name, version: done.version }))
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  const download = () => {
    const link = document.createElement('a')
    link.href = fileContentUrl(id)
    link.download = name
    link.click()
  }
  return (
    <li className="file-row">
      <Icon size={18} className="file-icon" aria-hidden />
      <div className="file-text">
        <button type="button" className="file-name" onClick={onOpen}>
          {name}
        </button>
        <span className="form-help">
          {[
            sizeText(Number(record.size ?? 0), language),
            by,
            formatRelative(String(record.updated_at), language, timeZone),
          ].join(' · ')}
          {version > 1 && <span className="file-version">{t('files.version', { version })}</span>}
        </span>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        data-testid={`version-${id}`}
        onChange={(event) => {
          void addVersion(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <Menu
        label={t('files.actions', { name })}
        align="end"
        items={[
          { label: t('files.preview'), icon: <Eye size={14} aria-hidden />, onSelect: onOpen },
          { label: t('common.download'), icon: <Download size={14} aria-hidden />, onSelect: download },
          ...(rights.edit
            ? [
                {
                  label: t('files.newVersion'),
                  icon: <FileUp size={14} aria-hidden />,
                  onSelect: () => input.current?.click(),
                },
              ]
            : []),
          ...(rights.delete
            ? [
                {
                  label: t('common.delete'),
                  icon: <Trash2 size={14} aria-hidden />,
                  danger: true,
                  onSelect: () => void deleteRecord(fileObject, id, name),
                },
              ]
            : []),
        ]}
        trigger={(props) => (
          <button
            type="button"
            className="btn btn-icon btn-small"
            aria-label={t('files.actions', { name })}
            title={t('files.actions', { name })}
            {...props}
          >
            <Ellipsis size={15} aria-hidden />
          </button>
        )}
      />
    </li>
  )
}
