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
import { type FileKind, fileKind, sizeText } from '../../lib/files.ts'
import { Menu } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import { fileObject } from '../upload_button.tsx'
import { refreshRecords, useDeleteRecord, useErrorToast } from '../writes.ts'
import { uploadVersion } from './data.ts'

interface RowProps {
  record: RecordData
  rights: ObjectDetail['rights']
  onOpen: () => void
}

const icons: Partial<Record<FileKind, typeof FileIcon>> = {
  image: FileImage,
  pdf: FileText,
  document: FileText,
  slides: FileText,
  text: FileText,
  sheet: FileSpreadsheet,
  audio: FileAudio,
  video: FileVideo,
}

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
  const kind = fileKind(String(record.content_type ?? ''), name)
  const Icon = icons[kind] ?? FileIcon
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
            t(`fileKinds.${kind}`),
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
