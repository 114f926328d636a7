// On the page of a record that a queue owns: that it waits there, and taking it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { updateRecord } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { Button } from '../../ui/button.tsx'
import { showError } from '../../ui/toast.tsx'
import { isEditable } from '../edit/record_form.tsx'
import { nameOf } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'
import { queuesQuery } from './data.ts'
import './queues.css'

export default function Waiting({ meta, record }: { meta: ObjectDetail; record: RecordData }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { userId } = useFieldSettings()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  const [busy, setBusy] = useState(false)
  const { data } = useQuery(queuesQuery)
  const queue = data?.records.find((one) => idOf(one) === record.owner_id)
  if (!queue) return null
  const owner = meta.fields.find(({ name }) => name === 'owner_id')
  const mayTake = meta.rights.edit && owner !== undefined && isEditable(owner)

  /** The button is gone afterwards, so focus goes to the page. */
  const take = async () => {
    setBusy(true)
    try {
      const { changeSet } = await updateRecord(meta.name, idOf(record), { owner_id: userId }, record.version)
      undoToast(t('queue.taken', { name: nameOf(record, meta.name_field) }), changeSet)
      document.getElementById('main')?.focus()
    } catch (error) {
      if (error instanceof ApiError && error.current) showError(t('queue.changed'))
      else onError(error)
    }
    await refreshRecords(client)
    setBusy(false)
  }
  return (
    <div className="queue-waiting">
      <Inbox size={15} aria-hidden />
      <span>{t('queue.waiting', { queue: queue.name })}</span>
      {mayTake && (
        <Button small variant="primary" disabled={busy} onClick={() => void take()}>
          {t('queue.take')}
        </Button>
      )}
    </div>
  )
}
