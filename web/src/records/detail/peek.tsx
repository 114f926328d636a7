// A side panel that shows a record without leaving the list; its id is in the URL.
import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronUp, Maximize2, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail } from '../../api/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { nameOf } from '../meta.ts'
import './detail.css'
import { Details } from './details.tsx'
import { useFullRecord } from './record_page.tsx'
import { StagePath } from './stage_path.tsx'

interface PeekProps {
  meta: ObjectDetail
  id: string
  /** The way to the neighbours in the list, where there is one. */
  step?: { by: (step: number) => void; first: boolean; last: boolean }
  onClose: () => void
}

export default function Peek({ meta, id, step, onClose }: PeekProps) {
  const { t } = useTranslation()
  const { data: record } = useFullRecord(meta, id)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus(), [])
  const name = record ? nameOf(record, meta.name_field) : ''
  return (
    <aside
      ref={panel}
      className="peek"
      aria-label={t('list.peek', { name })}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <div className="peek-head">
        <h2 className="ellipsis">{name}</h2>
        {step && (
          <>
            <IconButton label={t('grid.previousRecord')} disabled={step.first} onClick={() => step.by(-1)}>
              <ChevronUp size={16} aria-hidden />
            </IconButton>
            <IconButton label={t('grid.nextRecord')} disabled={step.last} onClick={() => step.by(1)}>
              <ChevronDown size={16} aria-hidden />
            </IconButton>
          </>
        )}
        <Link
          className="btn btn-icon"
          aria-label={t('list.openFull')}
          title={t('list.openFull')}
          to="/o/$object/$id"
          params={{ object: meta.name, id }}
        >
          <Maximize2 size={15} aria-hidden />
        </Link>
        <IconButton label={t('common.close')} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {record ? (
        <div className="peek-body">
          {meta.stage && <StagePath meta={meta} record={record} />}
          <Details meta={meta} record={record} />
        </div>
      ) : (
        <SkeletonLines />
      )}
    </aside>
  )
}
