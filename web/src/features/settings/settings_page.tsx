// A page of the settings that administrators have: its head with the way back, and what is said while there is nothing to show.
import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../../records/writes.ts'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import '../roles/roles.css'
import './settings_page.css'

interface PageProps {
  title: string
  intro: string
  error: Error | null
  loaded: boolean
  /** What stands beside the title. */
  actions?: ReactNode
  children: ReactNode
}

export function SettingsPage({ title, intro, error, loaded, actions, children }: PageProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <Link className="btn btn-icon" to="/settings" aria-label={t('roles.back')} title={t('roles.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>{title}</h1>
        <span className="spring" />
        {actions}
      </header>
      <div className="page-scroll settings-page" tabIndex={0}>
        <p className="form-help">{intro}</p>
        {error ? (
          <Empty title={t('errors.title')} why={errorText(error)} />
        ) : loaded ? (
          children
        ) : (
          <SkeletonLines count={8} />
        )}
      </div>
    </div>
  )
}
