// The section of the settings with one's own passkeys.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Fingerprint, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { beginPasskey, registerPasskey, removePasskey } from '../../api/commands.ts'
import { passkeysQuery } from '../../api/page_queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime, formatRelative } from '../../lib/dates.ts'
import { knowsPasskeys, makePasskey } from '../../lib/webauthn.ts'
import { deviceOf } from '../../records/sessions/device.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { showError, showToast } from '../../ui/toast.tsx'
import '../../records/sessions/sessions.css'

export function Passkeys() {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const { data: passkeys } = useQuery(passkeysQuery)
  const [asking, setAsking] = useState<{ id: string; name: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const refresh = () => client.invalidateQueries({ queryKey: passkeysQuery.queryKey })

  /** The device's own name, by which its owner knows the passkey again. */
  const deviceName = () => {
    const device = deviceOf(navigator.userAgent)
    return device ? common(`sessions.system.${device.system}`) : common('sessions.unknown')
  }
  const add = async () => {
    setBusy(true)
    try {
      const made = await makePasskey(await beginPasskey())
      if (made) {
        await registerPasskey({ ...made, name: deviceName() })
        showToast(t('passkeys.added'))
        await refresh()
      } else showError(t('passkeys.notMade'))
    } catch (error) {
      onError(error)
    }
    setBusy(false)
  }
  const remove = async ({ id }: { id: string }) => {
    setAsking(null)
    try {
      await removePasskey(id)
      showToast(t('passkeys.removed'))
      box.current?.focus()
    } catch (error) {
      onError(error)
    }
    await refresh()
  }
  return (
    <section aria-label={t('passkeys.title')}>
      <h2>{t('passkeys.title')}</h2>
      <p className="form-help">{t('passkeys.intro')}</p>
      {knowsPasskeys() ? (
        <Button icon={<Plus size={14} aria-hidden />} disabled={busy} onClick={() => void add()}>
          {t('passkeys.add')}
        </Button>
      ) : (
        <p>{t('passkeys.unknown')}</p>
      )}
      {!passkeys && <SkeletonLines count={1} />}
      {passkeys && passkeys.length > 0 && (
        <div className="sessions" ref={box} tabIndex={-1}>
          <ul>
            {passkeys.map((passkey) => (
              <li key={passkey.id}>
                <Fingerprint size={18} aria-hidden />
                <div className="session-text">
                  <span className="session-name">{passkey.name}</span>
                  <span className="form-help">
                    {[
                      t('passkeys.made', { time: formatDateTime(passkey.created_at, language, timeZone) }),
                      passkey.used_at === null
                        ? t('passkeys.unused')
                        : t('passkeys.used', { time: formatRelative(passkey.used_at, language, timeZone) }),
                    ].join(' · ')}
                  </span>
                </div>
                <Button
                  small
                  aria-label={t('passkeys.removeOne', { name: passkey.name })}
                  onClick={() => setAsking(passkey)}
                >
                  {t('passkeys.remove')}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={t('passkeys.removeTitle', { name: asking.name })}
          text={t('passkeys.removeWhy')}
          confirm={t('passkeys.remove')}
          danger
          onConfirm={() => void remove(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  )
}
