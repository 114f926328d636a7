// Setting the second factor up: the QR code, a first code, then the recovery codes.
import { QRCodeSVG } from '@rc-component/qrcode'
import { useQuery } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { beginSecondFactor, confirmSecondFactor } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import './security.css'

export function SetUp({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('security')
  const errorText = useErrorText()
  // One secret for as long as this is open.
  const { data: enrolment, error: failed } = useQuery({
    queryKey: ['second_factor_enrolment'],
    queryFn: beginSecondFactor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  const [code, setCode] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [codes, setCodes] = useState<string[] | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setError(undefined)
    try {
      setCodes((await confirmSecondFactor(code)).codes)
    } catch (failure) {
      setError((failure instanceof ApiError && failure.fieldErrors.code) || errorText(failure))
    }
    setBusy(false)
  }
  if (failed) {
    return (
      <p role="alert" className="banner banner-danger">
        {errorText(failed)}
      </p>
    )
  }
  if (!enrolment) return <SkeletonLines count={4} />
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <p>{t('factor.scan')}</p>
      <div className="factor-qr">
        <QRCodeSVG value={enrolment.uri} size={176} level="M" title={t('factor.qr')} />
      </div>
      <FormRow id="factor-key" label={t('factor.key')}>
        <input
          id="factor-key"
          className="input secret"
          readOnly
          value={enrolment.secret}
          onFocus={(event) => event.target.select()}
        />
      </FormRow>
      <FormRow id="factor-code" label={t('factor.code')} error={error} required>
        <input
          id="factor-code"
          className="input"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          required
          autoFocus
          aria-invalid={error !== undefined}
          aria-describedby={describedBy('factor-code', null, error)}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </FormRow>
      <div className="dialog-actions">
        <Button variant="primary" type="submit" disabled={busy || code.trim().length < 6}>
          {t('factor.confirm')}
        </Button>
      </div>
    </form>
  )
}

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation('security')
  const copy = () =>
    void navigator.clipboard?.writeText(codes.join('\n')).then(() => showToast(t('factor.copied')))
  return (
    <div className="stack">
      <p className="banner banner-warn" role="status">
        {t('factor.codesWhy')}
      </p>
      <ul className="factor-codes secret" aria-label={t('factor.codesTitle')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="dialog-actions">
        <Button icon={<Copy size={14} aria-hidden />} onClick={copy}>
          {t('factor.copy')}
        </Button>
        <Button variant="primary" onClick={onDone}>
          {t('factor.kept')}
        </Button>
      </div>
    </div>
  )
}
