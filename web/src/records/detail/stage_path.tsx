// The stages of the record's pipeline in order; pressing one moves the record there.
import { useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { updateMerged } from '../edit/merge.ts'
import { boardColumns } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'

export function StagePath({ meta, record }: { meta: ObjectDetail; record: RecordData }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  const [pending, setPending] = useState<string | null>(null)
  const path = useRef<HTMLOListElement>(null)
  const { stage } = meta
  const shown = stage && (pending ?? record[stage.stage_field])
  // On a phone the path is wider than the screen: the current stage is what must be seen.
  useEffect(() => {
    const here = shown ? path.current?.querySelector<HTMLElement>('.here') : null
    if (here && path.current) path.current.scrollLeft = here.offsetLeft - path.current.offsetLeft - 24
  }, [shown])
  if (!stage) return null
  const pipeline = stage.pipeline_field ? record[stage.pipeline_field] : null
  const stages = boardColumns(meta, stage.stage_field, typeof pipeline === 'string' ? pipeline : null)
  const current = pending ?? String(record[stage.stage_field] ?? '')
  const at = stages.findIndex((item) => item.value === current)
  const set = async (value: string, label: string) => {
    setPending(value)
    try {
      const { changeSet } = await updateMerged(meta.name, record, { [stage.stage_field]: value })
      undoToast(t('board.moved', { stage: label }), changeSet)
    } catch (error) {
      onError(error)
    }
    await refreshRecords(client)
    setPending(null)
  }
  const end = stages[at]?.category
  return (
    <ol ref={path} className="stage-path" aria-label={t('record.stagePath')}>
      {stages.map((item, index) => {
        const done = index < at && end !== 'lost' && item.category === 'open'
        const here = index === at
        const closed = here && item.category && item.category !== 'open' ? item.category : ''
        return (
          <li key={item.value} className={`${done ? 'done' : ''} ${here ? 'here' : ''} ${closed}`}>
            <button
              type="button"
              disabled={!meta.rights.edit || here}
              aria-current={here ? 'step' : undefined}
              aria-label={
                here
                  ? t('record.currentStage', { stage: item.label })
                  : t('record.setStage', { stage: item.label })
              }
              onClick={() => void set(item.value, item.label)}
            >
              {done && <Check size={13} aria-hidden />}
              <span className="ellipsis">{item.label}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}
