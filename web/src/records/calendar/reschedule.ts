// Moving a record to another day: shown at once, taken back with the reason when the server refuses, and undoable.
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDate } from '../../lib/dates.ts'
import { instantOf, wallClock } from '../../lib/days.ts'
import { updateMerged } from '../edit/merge.ts'
import { patchRecord } from '../edit/patch.ts'
import { nameOf } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'

export function useReschedule(meta: ObjectDetail, field: Field | undefined) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { language, timeZone } = useFieldSettings()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  return async (record: RecordData, day: string) => {
    const before = field && record[field.name]
    if (!field || typeof before !== 'string') return
    // A time of day stays when the day changes.
    const value = field.type === 'date' ? day : instantOf(day, wallClock(before, timeZone).time, timeZone)
    if (value === before) return
    const id = idOf(record)
    patchRecord(client, meta.name, id, { [field.name]: value })
    try {
      const { changeSet } = await updateMerged(meta.name, record, { [field.name]: value })
      undoToast(
        t('calendar.moved', { name: nameOf(record, meta.name_field), date: formatDate(day, language) }),
        changeSet,
      )
    } catch (error) {
      patchRecord(client, meta.name, id, { [field.name]: before })
      onError(error)
    }
    await refreshRecords(client)
  }
}
