// Where a user is signed in, and ending it there: for oneself, and for administrators of anybody.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Globe, LogOut, Monitor, Smartphone } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endOtherSessions, endSession } from '../../api/commands.ts'
import { sessionsQuery } from '../../api/page_queries.ts'
import type { UserSession } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useErrorText, useErrorToast } from '../writes.ts'
import { deviceOf, shortAgent } from './device.ts'
import './sessions.css'

interface SessionsProps {
  /** Another user, for administrators. */
  user?: { id: string; name: string }
}

export function SessionList({ user }: SessionsProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const errorText = useErrorText()
  const onError = useErrorToast()
  const { data: sessions, error } = useQuery({
    ...sessionsQuery(user?.id),
    refetchOnMount: 'always',
    refetchOnWindowFocus: true,
  })
  const [asking, setAsking] = useState(false)
  const [ending, setEnding] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  if (error) {
    return (
      <p role="alert" className="banner banner-danger">
        {errorText(error)}
      </p>
    )
  }
  if (!sessions) return <SkeletonLines count={3} />

  /** Ends some, says what was ended, and reads again; the button that was pressed is gone, so focus goes to the list. */
  const end = async (run: () => Promise<string>) => {
    setAsking(false)
    setEnding(true)
    try {
      showToast(await run())
      box.current?.focus()
    } catch (failure) {
      onError(failure)
    }
    await client.invalidateQueries({ queryKey: ['sessions'] })
    setEnding(false)
  }
  const endOne = (session: UserSession, device: string) =>
    end(() => endSession(session.id, user?.id).then(() => t('sessions.ended', { device })))
  const endRest = () =>
    end(() => endOtherSessions(user?.id).then(({ ended }) => t('sessions.endedCount', { count: ended })))

  const here = sessions.some(({ current }) => current)
  const others = sessions.filter(({ current }) => !current).length
  return (
    <div className="sessions" ref={box} tabIndex={-1}>
      {sessions.length === 0 && <p>{t('sessions.none')}</p>}
      <ul>
        {sessions.map((session) => (
          <Row key={session.id} session={session} disabled={ending} onEnd={endOne} />
        ))}
      </ul>
      {others > (here ? 0 : 1) && (
        <Button icon={<LogOut size={14} aria-hidden />} disabled={ending} onClick={() => setAsking(true)}>
          {here ? t('sessions.endOthers') : t('sessions.endAll')}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={here ? t('sessions.endOthersTitle') : t('sessions.endAllTitle', { name: user?.name })}
          text={here ? t('sessions.endOthersWhy') : t('sessions.endAllWhy')}
          confirm={t('sessions.end')}
          danger
          onConfirm={() => void endRest()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

interface RowProps {
  session: UserSession
  disabled: boolean
  onEnd: (session: UserSession, device: string) => Promise<void>
}

function Row({ session, disabled, onEnd }: RowProps) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const device = deviceOf(session.agent)
  const name = device
    ? t('sessions.device', {
        browser: t(`sessions.browser.${device.browser}`),
        system: t(`sessions.system.${device.system}`),
      })
    : shortAgent(session.agent) || t('sessions.unknown')
  const Icon = device ? (device.mobile ? Smartphone : Monitor) : Globe
  return (
    <li>
      <Icon size={18} aria-hidden />
      <div className="session-text">
        <span className="session-name">
          <span title={session.agent}>{name}</span>
          {session.current && (
            <Tag color="green" dot>
              {t('sessions.current')}
            </Tag>
          )}
        </span>
        <span className="form-help">
          {[
            session.address,
            t('sessions.seen', { time: formatRelative(session.seen_at, language, timeZone) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      {!session.current && (
        <Button
          small
          disabled={disabled}
          aria-label={t('sessions.endOne', { device: name })}
          onClick={() => void onEnd(session, name)}
        >
          {t('sessions.end')}
        </Button>
      )}
    </li>
  )
}
