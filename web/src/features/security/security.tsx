// The sections of the settings about ways in: two-step sign-in, tokens of programs; for administrators the ways to the policy and to outgoing mail.
import { Link } from '@tanstack/react-router'
import { LogIn, Mail } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Passkeys } from './passkeys.tsx'
import { SecondFactor } from './second_factor.tsx'
import { Tokens } from './tokens.tsx'

export default function Security({ administrator }: { administrator: boolean }) {
  const { t } = useTranslation('security')
  return (
    <>
      <SecondFactor />
      <Passkeys />
      <Tokens administrator={administrator} />
      {administrator && (
        <section aria-label={t('policy.title')}>
          <h2>{t('policy.title')}</h2>
          <p className="form-help">{t('policy.intro')}</p>
          <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'sign-in' }}>
            <LogIn size={14} aria-hidden />
            {t('policy.open')}
          </Link>
        </section>
      )}
      {administrator && (
        <section aria-label={t('mails.title')}>
          <h2>{t('mails.title')}</h2>
          <p className="form-help">{t('mails.intro')}</p>
          <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'outgoing-mail' }}>
            <Mail size={14} aria-hidden />
            {t('mails.open')}
          </Link>
        </section>
      )}
    </>
  )
}
