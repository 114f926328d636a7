// The section of the settings with the second factor: on, off, recovery codes.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { renewRecoveryCodes, turnSecondFactorOff } from '../../api/commands.ts'
import { secondFactorQuery } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { useErrorText, useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { RecoveryCodes, SetUp } from './set_up.tsx'
import './security.css'

/** From so many on it is time for new ones. */
const few = 3

export function SecondFactor() {
  const { t } = useTranslation('security')
  const { language, timeZone } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const { data: state } = useQuery(secondFactorQuery)
  const [open, setOpen] = useState<'set_up' | 'off' | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const close = () => {
    setOpen(null)
    setCodes(null)
    void client.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
  }
  const renew = async () => {
    try {
      setCodes((await renewRecoveryCodes()).codes)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <section aria-label={t('factor.title')}>
      <h2>{t('factor.title')}</h2>
      {!state && <SkeletonLines count={2} />}
      {state?.since === null && (
        <>
          <p className="form-help">{t('factor.off')}</p>
          <Button onClick={() => setOpen('set_up')}>{t('factor.begin')}</Button>
        </>
      )}
      {state?.since && (
        <>
          <p>
            {t('factor.on', {
              time: formatDateTime(state.since, language, timeZone),
              count: state.recovery_codes,
            })}
          </p>
          {state.recovery_codes <= few && <p className="banner banner-warn">{t('factor.few')}</p>}
          {state.required && <p className="form-help">{t('factor.required')}</p>}
          <div className="factor-actions">
            <Button onClick={() => void renew()}>{t('factor.renew')}</Button>
            <Button onClick={() => setOpen('off')}>{t('factor.turnOff')}</Button>
          </div>
        </>
      )}
      {open === 'set_up' && (
        <Dialog title={t('factor.setUpTitle')} onClose={close}>
          <SetUp onDone={close} />
        </Dialog>
      )}
      {open === 'off' && <TurnOff onClose={close} />}
      {codes && (
        <Dialog title={t('factor.codesTitle')} onClose={close}>
          <RecoveryCodes codes={codes} onDone={close} />
        </Dialog>
      )}
    </section>
  )
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const errorText = useErrorText()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      await turnSecondFactorOff(password)
      showToast(t('factor.turnedOff'))
      onClose()
    } catch (failure) {
      setError((failure instanceof ApiError && failure.fieldErrors.password) || errorText(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={t('factor.turnOffTitle')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>{t('factor.turnOffWhy')}</p>
        <FormRow id="factor-password" label={t('factor.password')} error={error} required>
          <input
            id="factor-password"
            className="input"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            aria-invalid={error !== undefined}
            aria-describedby={describedBy('factor-password', null, error)}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </FormRow>
        <div className="dialog-actions">
          <Button onClick={onClose}>{common('common.cancel')}</Button>
          <Button variant="danger" type="submit" disabled={busy || password === ''}>
            {t('factor.turnOff')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
