// Where a link of a mail leads: the password of an account, new or the first.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { openPasswordLink, setPasswordByLink } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import './sign_in.css'

export default function SetPassword({ token, onSignIn }: { token: string; onSignIn: () => void }) {
  const { t } = useTranslation('security')
  const errorText = useErrorText()
  const { data: link, error: failed } = useQuery({
    queryKey: ['password_link', token],
    queryFn: () => openPasswordLink(token),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [done, setDone] = useState(false)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await setPasswordByLink(token, password)
      setDone(true)
    } catch (failure) {
      setError((failure instanceof ApiError && failure.fieldErrors.password) || errorText(failure))
      setBusy(false)
    }
  }
  const title = link
    ? t(link.purpose === 'invitation' ? 'link.invitationTitle' : 'link.resetTitle')
    : t(failed ? 'link.expiredTitle' : 'link.resetTitle')
  return (
    <main className="sign-in">
      <form
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>{title}</h1>
        {failed && (
          <p className="banner banner-danger" role="alert">
            {errorText(failed)}
          </p>
        )}
        {!link && !failed && <SkeletonLines count={3} />}
        {done && (
          <p className="banner" role="status">
            {t('link.done')}
          </p>
        )}
        {link && !done && (
          <>
            <p>{t('link.for', { email: link.email })}</p>
            <input type="email" autoComplete="username" value={link.email} readOnly hidden />
            <FormRow
              id="new-password"
              label={t(link.purpose === 'invitation' ? 'link.invitationTitle' : 'link.resetTitle')}
              help={t('link.hint', { min: link.password_min })}
              error={error}
              required
            >
              <input
                id="new-password"
                className="input"
                type="password"
                autoComplete="new-password"
                required
                autoFocus
                aria-invalid={error !== undefined}
                aria-describedby={describedBy(
                  'new-password',
                  t('link.hint', { min: link.password_min }),
                  error,
                )}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </FormRow>
            <Button variant="primary" type="submit" disabled={busy || password === ''}>
              {t('link.save')}
            </Button>
          </>
        )}
        {(done || failed) && (
          <Button variant="primary" onClick={onSignIn}>
            {t('link.toSignIn')}
          </Button>
        )}
      </form>
    </main>
  )
}
