// One notification; a click marks it as read and goes to what it is about.
import { useNavigate } from '@tanstack/react-router'
import { AtSign, ListChecks, PencilLine, UserRoundPlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Notification } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'

interface ItemProps {
  item: Notification
  close: () => void
  onRead: () => void
}

const icons = { assigned: UserRoundPlus, mentioned: AtSign, changed: PencilLine, job: ListChecks }

export function Item({ item, close, onRead }: ItemProps) {
  const { t } = useTranslation()
  const { language, timeZone, prefixes } = useFieldSettings()
  const navigate = useNavigate()
  const text = useText(item)
  const Icon = icons[item.kind]
  const go = () => {
    if (!item.read) onRead()
    close()
    if (item.kind === 'job') return void navigate({ to: '/jobs' })
    if (item.deleted) return void navigate({ to: '/recycle-bin' })
    const id = (item.kind === 'mentioned' && item.about_id) || item.record_id
    const object = id ? prefixes.get(id.slice(0, 3))?.name : undefined
    if (id && object) void navigate({ to: '/o/$object/$id', params: { object, id } })
  }
  return (
    <button type="button" className={`notification ${item.read ? 'read' : ''}`} onClick={go}>
      <Icon size={16} aria-hidden />
      <span className="notification-text">
        <span>{text}</span>
        <span className="form-help">
          {[item.fields.join(t('common.comma')), formatRelative(item.at, language, timeZone)]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {!item.read && (
        <span className="notification-dot">
          <span className="sr-only">{t('notifications.unread')}</span>
        </span>
      )}
    </button>
  )
}

/** What happened, in a sentence. */
function useText(item: Notification): string {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  if (item.job) {
    const failed = item.job.state === 'failed'
    return failed
      ? t('notifications.jobFailed', { title: item.job.title })
      : t('notifications.jobDone', { title: item.job.title })
  }
  const label = (name: string | null) => (name ? (objects.get(name)?.label ?? name) : '')
  const words = {
    by: item.by?.name ?? t('common.somebody'),
    object: label(item.object),
    name: item.record_name ? t('notifications.named', { name: item.record_name }) : '',
    activity: label(item.activity),
  }
  if (item.kind === 'assigned') return t('notifications.assigned', words)
  if (item.kind === 'mentioned') return t('notifications.mentioned', words)
  if (item.activity) return t('notifications.activity', words)
  if (item.op === 'delete') return t('notifications.deleted', words)
  if (item.op === 'restore') return t('notifications.restored', words)
  return t('notifications.changed', words)
}
