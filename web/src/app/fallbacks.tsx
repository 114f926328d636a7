// What is shown for an unknown address, and when a page fails.
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/feedback.tsx'

const AskAdmins = lazy(() => import('../records/ask_admins.tsx'))

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty
      title={t('errors.notFound')}
      why={t('errors.notFoundWhy')}
      action={
        <Link className="btn btn-outline" to="/">
          {t('errors.home')}
        </Link>
      }
    />
  )
}

export function Crashed({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  useEffect(() => {
    void import('../api/client_errors.ts').then(({ reportError }) => reportError('crash', error))
  }, [error])
  if (error instanceof ApiError && error.status === 404) return <NotFound />
  const refused = error instanceof ApiError && error.status === 403
  return (
    <div role="alert">
      <Empty
        title={refused ? t('errors.refused') : t('errors.crash')}
        why={error instanceof ApiError ? error.message : t('errors.crashWhy')}
        action={<Button onClick={() => window.location.reload()}>{t('errors.reload')}</Button>}
      >
        {refused && (
          <Suspense>
            <AskAdmins />
          </Suspense>
        )}
      </Empty>
    </div>
  )
}
