// The way in: e-mail and password.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { signIn } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { currentLanguage, setLanguage } from '../../lib/i18n.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Button } from '../../ui/button.tsx'
import { FormRow } from '../../ui/form.tsx'
import './sign_in.css'

export default function SignIn({ expired, onSignedIn }: { expired: boolean; onSignedIn: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const me = await signIn(email.trim(), password)
      client.clear()
      client.setQueryData(meQuery.queryKey, me)
      onSignedIn()
    } catch (error) {
      if (!(error instanceof ApiError)) setFailure(t('errors.network'))
      else setFailure(error.status === 401 ? t('signIn.failed') : error.message)
      setBusy(false)
    }
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
        <Button variant="primary" type="submit" disabled={busy}>
          {t('signIn.submit')}
        </Button>
      </form>
      <Button variant="plain" lang={other} onClick={() => void setLanguage(other)}>
        {t(`language.${other}`)}
      </Button>
    </main>
  )
}
