// The tokens with which programs act for a user, and revoking them: for oneself, and for administrators of anybody.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeySquare } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { revokeToken } from '../../api/commands.ts'
import { tokensQuery } from '../../api/page_queries.ts'
import type { ApiToken } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime, formatRelative } from '../../lib/dates.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { showToast } from '../../ui/toast.tsx'
import '../sessions/sessions.css'
import { type Named, useNamed } from '../shares/grantees.ts'
import { useErrorText, useErrorToast } from '../writes.ts'

/** In the place of a user: the tokens of all. */
export const everybody = 'all'

/** Another user's, for administrators, if one is named; or all users'. */
export function TokenList({ user }: { user?: string }) {
  const { t } = useTranslation('security')
  const client = useQueryClient()
  const errorText = useErrorText()
  const onError = useErrorToast()
  const { data: tokens, error } = useQuery({ ...tokensQuery(user), refetchOnMount: 'always' })
  const owners = useNamed(user === everybody ? [...new Set(tokens?.map((token) => token.user))] : [])
  const [asking, setAsking] = useState<ApiToken | null>(null)
  const box = useRef<HTMLDivElement>(null)
  if (error) {
    return (
      <p role="alert" className="banner banner-danger">
        {errorText(error)}
      </p>
    )
  }
  if (!tokens) return <SkeletonLines count={2} />
  const revoke = async (token: ApiToken) => {
    setAsking(null)
    try {
      await revokeToken(token.id)
      showToast(t('tokens.revoked', { name: token.name }))
      box.current?.focus()
    } catch (failure) {
      onError(failure)
    }
    await client.invalidateQueries({ queryKey: ['tokens'] })
  }
  return (
    <div className="sessions" ref={box} tabIndex={-1}>
      {tokens.length === 0 && <p>{t('tokens.none')}</p>}
      <ul>
        {tokens.map((token) => (
          <Row
            key={token.id}
            token={token}
            owner={owners.find(({ id }) => id === token.user)}
            onRevoke={() => setAsking(token)}
          />
        ))}
      </ul>
      {asking && (
        <ConfirmDialog
          title={t('tokens.revokeTitle', { name: asking.name })}
          text={t('tokens.revokeWhy')}
          confirm={t('tokens.revoke')}
          danger
          onConfirm={() => void revoke(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  )
}

interface RowProps {
  token: ApiToken
  /** For whom it acts, where it is told. */
  owner?: Named
  onRevoke: () => void
}

function Row({ token, owner, onRevoke }: RowProps) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { language, timeZone, objects } = useFieldSettings()
  const names = token.objects.map((name) => objects.get(name)?.label ?? name)
  const used =
    token.used_at === null
      ? t('tokens.unused')
      : t('tokens.used', {
          time: formatRelative(token.used_at, language, timeZone),
          from: token.used_from ?? '?',
        })
  return (
    <li>
      <KeySquare size={18} aria-hidden />
      <div className="session-text">
        <span className="session-name">
          {token.name}
          <Tag color={token.write ? 'amber' : 'blue'}>{t(token.write ? 'tokens.write' : 'tokens.read')}</Tag>
          {token.expired && <Tag color="red">{t('tokens.expired')}</Tag>}
        </span>
        {owner && (
          <Link to="/o/$object/$id" params={{ object: 'user', id: owner.id }}>
            {t('tokens.for', { name: owner.name ?? owner.id })}
          </Link>
        )}
        <span className="form-help">
          {[
            names.length > 0 ? names.join(common('common.comma')) : t('tokens.allObjects'),
            t('tokens.expires', { time: formatDateTime(token.expires_at, language, timeZone) }),
            used,
          ].join(' · ')}
        </span>
      </div>
      <Button small aria-label={t('tokens.revokeOne', { name: token.name })} onClick={onRevoke}>
        {t('tokens.revoke')}
      </Button>
    </li>
  )
}
