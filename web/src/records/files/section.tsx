// The files of a record: upload by button, by dragging in, by pasting or with the camera; preview, versions, download, delete.
import { useQuery } from '@tanstack/react-query'
import { Camera, Paperclip, Upload } from 'lucide-react'
import { type DragEvent, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { fileObject } from '../upload_button.tsx'
import { filesOf, takesFiles } from './data.ts'
import './files.css'
import { FileRow } from './row.tsx'
import { useUpload } from './use_upload.ts'

const PreviewDialog = lazy(() => import('./preview_dialog.tsx'))

/** Shown for every object on whose records files can hang. */
export function FilesSection({ meta, id }: { meta: ObjectDetail; id: string }) {
  const { data: file } = useQuery(objectQuery(fileObject))
  if (!file || !takesFiles(file, meta.name)) return null
  return <Files file={file} id={id} />
}

function Files({ file, id }: { file: ObjectDetail; id: string }) {
  const { t } = useTranslation()
  const { data, isPending } = useQuery(queryPage(fileObject, filesOf(id), 200))
  const { busy, upload } = useUpload(id)
  const [shown, setShown] = useState<string | null>(null)
  const { over, events } = useDropTarget(file.rights.create, upload)
  usePastedFiles(file.rights.create, upload)
  const records = data?.records ?? []
  const open = records.find((record) => idOf(record) === shown)
  return (
    <section className={`related files ${over ? 'over' : ''}`} aria-label={t('files.title')} {...events}>
      <div className="related-head" data-module={file.module}>
        <span className="object-badge small">
          <Paperclip size={13} aria-hidden />
        </span>
        <h2>{t('files.title')}</h2>
        {records.length > 0 && <span className="form-help">{records.length}</span>}
        <span className="spring" />
        {busy && (
          <span role="status" className="form-help">
            {t('files.uploading', busy)}
          </span>
        )}
        {file.rights.create && <UploadButtons busy={busy !== null} upload={upload} />}
      </div>
      {records.length === 0 ? (
        <p className="related-empty">
          {isPending ? '…' : file.rights.create ? t('files.empty') : t('files.none')}
        </p>
      ) : (
        <ul className="file-list">
          {records.map((record: RecordData) => (
            <FileRow
              key={idOf(record)}
              record={record}
              rights={file.rights}
              onOpen={() => setShown(idOf(record))}
            />
          ))}
        </ul>
      )}
      {over && (
        <p className="drop-hint" aria-hidden>
          {t('files.drop')}
        </p>
      )}
      <Suspense>
        {open && <PreviewDialog record={open} mayEdit={file.rights.edit} onClose={() => setShown(null)} />}
      </Suspense>
    </section>
  )
}

type UploadFiles = (files: File[]) => Promise<void>

function UploadButtons({ busy, upload }: { busy: boolean; upload: UploadFiles }) {
  const { t } = useTranslation()
  const files = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const touch = window.matchMedia?.('(pointer: coarse)').matches
  const take = (input: HTMLInputElement) => {
    void upload([...(input.files ?? [])]).then(() => {
      input.value = ''
    })
  }
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="upload"
        onChange={(event) => take(event.currentTarget)}
      />
      {touch && (
        <>
          <input
            ref={camera}
            type="file"
            accept="image/*"
            capture="environment"
            hidden
            data-testid="camera"
            onChange={(event) => take(event.currentTarget)}
          />
          <IconButton small label={t('files.camera')} disabled={busy} onClick={() => camera.current?.click()}>
            <Camera size={15} aria-hidden />
          </IconButton>
        </>
      )}
      <IconButton small label={t('field.upload')} disabled={busy} onClick={() => files.current?.click()}>
        <Upload size={15} aria-hidden />
      </IconButton>
    </>
  )
}

const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')

/** Files dragged over the section and dropped. */
function useDropTarget(active: boolean, upload: UploadFiles) {
  const [depth, setDepth] = useState(0)
  if (!active) return { over: false, events: {} }
  const events = {
    onDragEnter: (event: DragEvent) => carriesFiles(event) && setDepth((n) => n + 1),
    onDragLeave: (event: DragEvent) => carriesFiles(event) && setDepth((n) => Math.max(0, n - 1)),
    onDragOver: (event: DragEvent) => carriesFiles(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      if (!carriesFiles(event)) return
      event.preventDefault()
      setDepth(0)
      void upload([...event.dataTransfer.files])
    },
  }
  return { over: depth > 0, events }
}

/** Files pasted anywhere on the page but into a text. */
function usePastedFiles(active: boolean, upload: UploadFiles) {
  const latest = useRef(upload)
  latest.current = upload
  useEffect(() => {
    if (!active) return
    const onPaste = (event: ClipboardEvent) => {
      const { target } = event
      if (target instanceof Element && target.closest('input, textarea, [contenteditable=true], dialog'))
        return
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      void latest.current(files.map(named))
    }
    document.addEventListener('paste', onPaste)
    return () => document.removeEventListener('paste', onPaste)
  }, [active])
}

/** A pasted picture is always called image.png: the time tells one from the other. */
function named(file: File): File {
  if (file.name !== 'image.png') return file
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '-')
  return new File([file], `${time}.png`, { type: file.type })
}
