// The list of notifications: what happened, by whom, when; read one, read all, and which kinds one wants at all.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, CheckCheck, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { showError } from '../../ui/toast.tsx'
import { changePreferences, listQuery, markRead, notificationsKey, preferencesQuery } from './data.ts'
import { Item } from './item.tsx'
import './panel.css'

export default function Panel({ close }: { close: () => void }) {
  const [choosing, setChoosing] = useState(false)
  return (
    <div className="notifications">
      {choosing ? (
        <Preferences back={() => setChoosing(false)} />
      ) : (
        <List close={close} choose={() => setChoosing(true)} />
      )}
    </div>
  )
}

function List({ close, choose }: { close: () => void; choose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [unreadOnly, setUnreadOnly] = useState(false)
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    listQuery(unreadOnly),
  )
  const items = data?.pages.flatMap((page) => page.notifications) ?? []
  const unread = data?.pages[0]?.unread ?? 0
  const { data: me } = useQuery(meQuery)
  const looking = Boolean(me?.previewed_by)
  /** Who looks as the user does leaves unread what the user has not read. */
  const read = async (body: Parameters<typeof markRead>[0]) => {
    if (looking) return
    try {
      await markRead(body)
      await client.invalidateQueries({ queryKey: [notificationsKey] })
    } catch {
      showError(t('errors.network'))
    }
  }
  return (
    <>
      <div className="notifications-head">
        <h2>{t('notifications.title')}</h2>
        <span className="spring" />
        <Button small variant="plain" aria-pressed={unreadOnly} onClick={() => setUnreadOnly((was) => !was)}>
          {t('notifications.unreadOnly')}
        </Button>
        <IconButton
          small
          label={t('notifications.readAll')}
          disabled={unread === 0 || looking}
          onClick={() => void read({ up_to: items[0]?.id })}
        >
          <CheckCheck size={15} aria-hidden />
        </IconButton>
        <IconButton small label={t('notifications.preferences')} onClick={choose}>
          <Settings2 size={15} aria-hidden />
        </IconButton>
      </div>
      {isPending && <SkeletonLines count={4} />}
      {!isPending && items.length === 0 && (
        <p className="notifications-empty">
          {unreadOnly ? t('notifications.noUnread') : t('notifications.empty')}
        </p>
      )}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <Item item={item} close={close} onRead={() => void read({ ids: [item.id] })} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="notifications-foot">
          <Button small disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

const kinds = ['assigned', 'mentioned', 'changed', 'job'] as const

function Preferences({ back }: { back: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data } = useQuery(preferencesQuery)
  const change = async (kind: string, wanted: boolean) => {
    const before = data
    client.setQueryData(preferencesQuery.queryKey, { ...data, [kind]: wanted })
    try {
      const now = await changePreferences({ [kind]: wanted })
      client.setQueryData(preferencesQuery.queryKey, now.kinds)
    } catch {
      client.setQueryData(preferencesQuery.queryKey, before)
      showError(t('errors.network'))
    }
  }
  return (
    <>
      <div className="notifications-head">
        <IconButton small label={t('common.back')} onClick={back}>
          <ArrowLeft size={15} aria-hidden />
        </IconButton>
        <h2>{t('notifications.preferences')}</h2>
      </div>
      {!data && <SkeletonLines count={4} />}
      {data &&
        kinds.map((kind) => (
          <label key={kind} className="notification-choice">
            <input
              type="checkbox"
              checked={data[kind] ?? true}
              onChange={(event) => void change(kind, event.target.checked)}
            />
            <span>{t(`notifications.want.${kind}`)}</span>
          </label>
        ))}
    </>
  )
}
