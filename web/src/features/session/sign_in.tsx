// The way in: e-mail and password, and a code where the user has a second factor.
import { useQueryClient } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { passkeyChallenge, signIn, signInByPasskey } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import type { Me } from '../../api/types.ts'
import { currentLanguage, setLanguage } from '../../lib/i18n.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { knowsPasskeys, signByPasskey } from '../../lib/webauthn.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { FormRow } from '../../ui/form.tsx'
import { ForgotDialog } from './forgot.tsx'
import './sign_in.css'

export default function SignIn({ expired, onSignedIn }: { expired: boolean; onSignedIn: () => void }) {
  const { t } = useTranslation()
  const { t: s } = useTranslation('security')
  const client = useQueryClient()
  const errorText = useErrorText()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [step, setStep] = useState<'password' | 'code'>('password')
  const [forgot, setForgot] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const entered = (me: Me) => {
    client.clear()
    client.setQueryData(meQuery.queryKey, me)
    onSignedIn()
  }
  const submit = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const me = await signIn(email.trim(), password, step === 'code' ? code : undefined)
      entered(me)
    } catch (error) {
      const why = error instanceof ApiError ? error.problem?.code : null
      if (why === 'second_factor_required') setStep('code')
      else setFailure(why === 'invalid_credentials' ? t('signIn.failed') : errorText(error))
      setCode('')
      setBusy(false)
    }
  }

  const byPasskey = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const answer = await signByPasskey(await passkeyChallenge())
      if (answer) return entered(await signInByPasskey(answer))
    } catch (error) {
      setFailure(errorText(error))
    }
    setBusy(false)
  }

  const other = currentLanguage() === 'en' ? 'zh-CN' : 'en'
  return (
    <main className="sign-in">
      <form
        aria-label={t('signIn.title')}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
        }}
      >
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>{t('app.name')}</h1>
        <p>{t('app.tagline')}</p>
        {expired && !failure && (
          <p className="banner" role="status">
            {t('signIn.expired')}
          </p>
        )}
        {failure && (
          <p className="banner banner-danger" role="alert">
            {failure}
          </p>
        )}
        {step === 'code' && (
          <FormRow id="code" label={s('signIn.code')} help={s('signIn.codeHint')}>
            <input
              id="code"
              className="input"
              autoComplete="one-time-code"
              required
              autoFocus
              aria-describedby="code-help"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </FormRow>
        )}
        {step === 'password' && (
          <>
            <FormRow id="email" label={t('signIn.email')}>
              <input
                id="email"
                className="input"
                type="email"
                autoComplete="username"
                required
                autoFocus
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            </FormRow>
            <FormRow id="password" label={t('signIn.password')}>
              <input
                id="password"
                className="input"
                type="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </FormRow>
          </>
        )}
        <Button variant="primary" type="submit" disabled={busy}>
          {step === 'code' ? s('signIn.codeSubmit') : t('signIn.submit')}
        </Button>
        {step === 'password' && knowsPasskeys() && (
          <Button
            icon={<Fingerprint size={16} aria-hidden />}
            disabled={busy}
            onClick={() => void byPasskey()}
          >
            {s('signIn.passkey')}
          </Button>
        )}
        {step === 'code' ? (
          <Button variant="plain" onClick={() => setStep('password')}>
            {s('signIn.back')}
          </Button>
        ) : (
          <Button variant="plain" onClick={() => setForgot(true)}>
            {s('signIn.forgot')}
          </Button>
        )}
      </form>
      {forgot && <ForgotDialog given={email} onClose={() => setForgot(false)} />}
      <Button variant="plain" lang={other} onClick={() => void setLanguage(other)}>
        {t(`language.${other}`)}
      </Button>
    </main>
  )
}
