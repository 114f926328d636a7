// What lies over the page, wherever it was asked for: the palette, the shortcuts, and the forms that commands open.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteRecords } from '../../api/commands.ts'
import { objectQuery, recordQuery } from '../../api/queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { allPaths, nameOf } from '../../records/meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../../records/writes.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import type { Overlay } from './command.ts'
import Palette from './palette.tsx'

const Help = lazy(() => import('../help/help.tsx'))
const RecordDialog = lazy(() => import('../../records/edit/record_dialog.tsx'))

interface OverlaysProps {
  overlay: Overlay
  show: (overlay: Overlay | null) => void
}

export default function Overlays({ overlay, show }: OverlaysProps) {
  const close = () => show(null)
  return (
    <Suspense>
      {overlay.kind === 'palette' && <Palette show={show} onClose={close} />}
      {overlay.kind === 'help' && <Help onClose={close} />}
      {overlay.kind === 'create' && <Create object={overlay.object} onClose={close} />}
      {overlay.kind === 'edit' && <Edit object={overlay.object} id={overlay.id} onClose={close} />}
      {overlay.kind === 'delete' && <Delete object={overlay.object} ids={overlay.ids} onClose={close} />}
    </Suspense>
  )
}

function Create({ object, onClose }: { object: string; onClose: () => void }) {
  const { data: meta } = useQuery(objectQuery(object))
  return meta ? <RecordDialog meta={meta} onClose={onClose} /> : null
}

function Edit({ object, id, onClose }: { object: string; id: string; onClose: () => void }) {
  const { objects } = useFieldSettings()
  const { data: meta } = useQuery(objectQuery(object))
  const { data: record } = useQuery({
    ...recordQuery(object, id, meta ? allPaths(meta, objects) : undefined),
    enabled: meta !== undefined,
  })
  return meta && record ? <RecordDialog meta={meta} record={record} onClose={onClose} /> : null
}

/** Asks, deletes, and leaves the page of a record that is no more. */
function Delete({ object, ids, onClose }: { object: string; ids: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const [id = ''] = ids
  const single = ids.length === 1
  const { data: meta } = useQuery(objectQuery(object))
  const nameField = meta?.name_field ?? 'id'
  const { data: record } = useQuery({
    ...recordQuery(object, id, ['id', nameField]),
    enabled: single && meta !== undefined,
  })
  if (!meta || (single && !record)) return null
  const name = record ? nameOf(record, nameField) : ''
  const remove = async () => {
    onClose()
    try {
      const { changeSet } = await deleteRecords(object, ids)
      undoToast(
        single ? t('record.deleted', { name }) : t('list.deletedMany', { count: ids.length }),
        changeSet,
      )
      if (pathname.endsWith(`/${id}`)) await navigate({ to: '/o/$object', params: { object } })
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <ConfirmDialog
      title={single ? t('record.deleteTitle', { name }) : t('list.deleteManyTitle', { count: ids.length })}
      text={single ? t('record.deleteWhy') : t('list.deleteManyWhy')}
      confirm={t('common.delete')}
      danger
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  )
}
