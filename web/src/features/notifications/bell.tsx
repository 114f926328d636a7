// The bell: how many notifications are unread, and the list behind it.
import { useQuery } from '@tanstack/react-query'
import { Bell as BellIcon } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Popover } from '../../ui/popover.tsx'
import { unreadQuery } from './data.ts'
import './bell.css'

const Panel = lazy(() => import('./panel.tsx'))
const counted = 100

export function Bell() {
  const { t } = useTranslation()
  const { data: unread = 0 } = useQuery(unreadQuery)
  const label = unread > 0 ? t('notifications.bellUnread', { count: unread }) : t('notifications.title')
  return (
    <Popover
      label={t('notifications.title')}
      align="end"
      trigger={(props) => (
        <button
          type="button"
          className="btn btn-icon btn-small bell"
          data-tour="bell"
          aria-label={label}
          title={label}
          {...props}
        >
          <BellIcon size={16} aria-hidden />
          {unread > 0 && (
            <span className="bell-count" aria-hidden>
              {unread >= counted ? '99+' : unread}
            </span>
          )}
        </button>
      )}
    >
      {(close) => (
        <Suspense fallback={<SkeletonLines count={4} />}>
          <Panel close={close} />
        </Suspense>
      )}
    </Popover>
  )
}
