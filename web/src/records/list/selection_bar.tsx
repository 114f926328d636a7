// What to do with the selected records, or with all that the list's filter finds.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Contact, SquarePen, Trash2, X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteRecords } from '../../api/commands.ts'
import { meQuery } from '../../api/queries.ts'
import type { ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { canBeCards } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'
import { recordsByIds, useExport } from './use_export.ts'

const BulkEdit = lazy(() => import('../edit/bulk_edit.tsx'))

interface SelectionProps {
  meta: ObjectDetail
  ids: string[]
  /** How many records the list has in all. */
  total: number | null
  q: () => string
  onDone: () => void
}

export function SelectionBar({ meta, ids, total, q, onDone }: SelectionProps) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  const exportTo = useExport()
  const { data: me } = useQuery(meQuery)
  const [asking, setAsking] = useState<'delete' | 'edit' | null>(null)
  const [everything, setEverything] = useState(false)
  const all = everything && total !== null
  const remove = async () => {
    setAsking(null)
    try {
      const { changeSet } = await deleteRecords(meta.name, ids)
      undoToast(t('list.deletedMany', { count: ids.length }), changeSet)
      onDone()
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <>
      <strong role="status">
        {all
          ? t('bulk.allSelected', { count: total, value: total.toLocaleString(language) })
          : t('list.selected', { count: ids.length })}
      </strong>
      {total !== null && total > ids.length && (
        <Button variant="plain" onClick={() => setEverything(!everything)}>
          {all
            ? t('bulk.onlySelected', { count: ids.length })
            : t('bulk.selectAll', { count: total, value: total.toLocaleString(language) })}
        </Button>
      )}
      {meta.rights.edit && (
        <Button icon={<SquarePen size={14} aria-hidden />} onClick={() => setAsking('edit')}>
          {t('bulk.edit')}
        </Button>
      )}
      {meta.rights.delete && !all && (
        <Button variant="danger" icon={<Trash2 size={14} aria-hidden />} onClick={() => setAsking('delete')}>
          {t('list.deleteSelected')}
        </Button>
      )}
      {me?.rights.export && canBeCards(meta) && !all && (
        <Button
          icon={<Contact size={14} aria-hidden />}
          onClick={() => void exportTo(recordsByIds(meta.name, ids), 'vcf', meta.label_plural)}
        >
          {t('files.exportVcard')}
        </Button>
      )}
      <IconButton label={t('list.clearSelection')} onClick={onDone}>
        <X size={14} aria-hidden />
      </IconButton>
      {asking === 'delete' && (
        <ConfirmDialog
          title={t('list.deleteManyTitle', { count: ids.length })}
          text={t('list.deleteManyWhy')}
          confirm={t('common.delete')}
          danger
          onConfirm={() => void remove()}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'edit' && (
        <Suspense>
          <BulkEdit
            meta={meta}
            records={all ? { q: q() } : { ids }}
            onClose={(edited) => {
              setAsking(null)
              if (edited) onDone()
            }}
          />
        </Suspense>
      )}
    </>
  )
}
