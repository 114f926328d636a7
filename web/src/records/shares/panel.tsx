// On the page of a record: with whom it is shared, what part they play, and until when. Shown where there is something to see or to do.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Users, X } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import type { ObjectDetail, RecordShare } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { IconButton } from '../../ui/button.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { Avatar, Tag } from '../../ui/tag.tsx'
import { showToast } from '../../ui/toast.tsx'
import { refreshRecords, useErrorToast } from '../writes.ts'
import { sharesQuery, unshareRecord } from './data.ts'
import './shares.css'

const ShareDialog = lazy(() => import('./share_dialog.tsx'))

interface PanelProps {
  meta: ObjectDetail
  id: string
}

export default function SharesPanel({ meta, id }: PanelProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const head = useRef<HTMLHeadingElement>(null)
  const { data: me } = useQuery(meQuery)
  const { data } = useQuery(sharesQuery(meta.name, id))
  const [open, setOpen] = useState<RecordShare | 'new' | null>(null)
  if (!data || (data.shares.length === 0 && !data.may_share)) return null

  /** The button that was pressed is gone afterwards, so focus goes to the heading. */
  const remove = async (share: RecordShare) => {
    try {
      await unshareRecord(meta.name, id, share.with.id)
      showToast(t('shares.removed', { name: share.with.name }))
      head.current?.focus()
    } catch (error) {
      onError(error)
    }
    await refreshRecords(client)
  }

  return (
    <section className="related shares" aria-label={t('shares.title')}>
      <div className="related-head">
        <span className="object-badge small">
          <Users size={13} aria-hidden />
        </span>
        <h2 ref={head} tabIndex={-1}>
          {t('shares.title')}
        </h2>
        {data.shares.length > 0 && <span className="form-help">{data.shares.length}</span>}
        <span className="spring" />
        {data.may_share && (
          <IconButton small label={t('shares.add')} onClick={() => setOpen('new')}>
            <Plus size={15} aria-hidden />
          </IconButton>
        )}
      </div>
      {data.shares.length === 0 ? (
        <p className="related-empty">{t('shares.none')}</p>
      ) : (
        <ul className="share-list">
          {data.shares.map((share) => (
            <ShareRow
              key={share.with.id}
              share={share}
              onEdit={data.may_share ? () => setOpen(share) : undefined}
              onRemove={data.may_share || share.with.id === me?.id ? () => void remove(share) : undefined}
            />
          ))}
        </ul>
      )}
      <Suspense>
        {open && (
          <ShareDialog
            object={meta.name}
            id={id}
            share={open === 'new' ? undefined : open}
            without={data.shares.map((share) => share.with.id)}
            onClose={() => setOpen(null)}
          />
        )}
      </Suspense>
    </section>
  )
}

interface RowProps {
  share: RecordShare
  onEdit?: () => void
  onRemove?: () => void
}

function ShareRow({ share, onEdit, onRemove }: RowProps) {
  const { t } = useTranslation()
  const { language, timeZone, objects } = useFieldSettings()
  const { object, name } = share.with
  const time = (instant: string) => formatDateTime(instant, language, timeZone)
  const facts = [
    share.expires_at && t('shares.until', { time: time(share.expires_at) }),
    share.by?.name && t('shares.by', { name: share.by.name, time: time(share.at) }),
  ]
  return (
    <li>
      {object === 'user' ? (
        <Avatar name={name} />
      ) : (
        <span className="share-kind" title={objects.get(object)?.label}>
          <ObjectIcon name={objects.get(object)?.icon} size={14} />
          <span className="sr-only">{objects.get(object)?.label}</span>
        </span>
      )}
      <div className="share-text">
        <span className="share-name">
          <span>{name}</span>
          {share.part && <Tag color="blue">{share.part}</Tag>}
          <Tag>{t(`shares.access.${share.access}`)}</Tag>
        </span>
        <span className="form-help">{facts.filter(Boolean).join(' · ')}</span>
      </div>
      {onEdit && (
        <IconButton small label={t('shares.edit', { name })} onClick={onEdit}>
          <Pencil size={14} aria-hidden />
        </IconButton>
      )}
      {onRemove && (
        <IconButton small label={t('shares.end', { name })} onClick={onRemove}>
          <X size={15} aria-hidden />
        </IconButton>
      )}
    </li>
  )
}
