// What the sandbox kept instead of sending it: for administrators.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft, Mail } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { mailsQuery } from '../../api/page_queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import './security.css'

export default function Mails() {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const errorText = useErrorText()
  const { data: mails, error, refetch } = useQuery({ ...mailsQuery, refetchOnMount: 'always', retry: false })
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <Link className="btn btn-icon" to="/settings" aria-label={t('mails.back')} title={t('mails.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>{t('mails.title')}</h1>
      </header>
      <div className="page-scroll mails" tabIndex={0}>
        <p className="form-help">{t('mails.intro')}</p>
        {error && (
          <Empty
            title={common('errors.title')}
            why={errorText(error)}
            action={<Button onClick={() => void refetch()}>{common('common.retry')}</Button>}
          />
        )}
        {!mails && !error && <SkeletonLines count={6} />}
        {mails?.length === 0 && <Empty icon={<Mail size={28} aria-hidden />} title={t('mails.none')} />}
        {mails?.map((mail) => (
          <article key={mail.id} aria-label={`${mail.subject} ${mail.to}`}>
            <h2>{mail.subject}</h2>
            <span className="form-help">
              {[t('mails.to', { to: mail.to }), formatDateTime(mail.at, language, timeZone)].join(' · ')}
            </span>
            <pre>{mail.body}</pre>
          </article>
        ))}
      </div>
    </div>
  )
}
