// The user's own settings: language, theme, density, time zone, the devices one is signed in on; for administrators, whose records everyone sees, and the roles.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Inbox,
  KeyRound,
  Map as MapIcon,
  Network,
  ScrollText,
  Settings as SettingsIcon,
  Share2,
  UsersRound,
} from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { updateOrganisation } from '../../api/commands.ts'
import { meQuery, objectQuery } from '../../api/queries.ts'
import { densities } from '../../lib/density.ts'
import { currentLanguage, languages, withTexts } from '../../lib/i18n.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button, Segmented } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { usePreferences } from '../session/preferences.ts'
import './settings.css'

const PasswordDialog = lazy(() => import('../../records/password_dialog.tsx'))
const Security = lazy(withTexts(() => import('../security/security.tsx')))
const Devices = lazy(() => import('./devices.tsx'))
const Roles = lazy(() => import('../roles/roles.tsx'))
const scopes = ['own', 'team', 'team_and_below', 'all'] as const
const themes = ['light', 'dark', 'system'] as const

/** Whose records everyone sees: for administrators. */
function Sharing({ scope, onSaved }: { scope: (typeof scopes)[number]; onSaved: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const change = async (record_scope: (typeof scopes)[number]) => {
    try {
      client.setQueryData(meQuery.queryKey, await updateOrganisation({ record_scope }))
      onSaved()
    } catch (error) {
      onError(error)
    }
  }
  return (
    <section aria-label={t('settings.sharing')}>
      <h2>{t('settings.sharing')}</h2>
      <FormRow id="record-scope" label={t('settings.recordScope')} help={t('settings.recordScopeHint')}>
        <select
          id="record-scope"
          className="input"
          value={scope}
          aria-describedby="record-scope-help"
          onChange={(event) => void change(event.target.value as (typeof scopes)[number])}
        >
          {scopes.map((value) => (
            <option key={value} value={value}>
              {t(`settings.scope.${value}`)}
            </option>
          ))}
        </select>
      </FormRow>
      <nav className="settings-links" aria-label={t('settings.sharing')}>
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'sharing' }}>
          <Share2 size={14} aria-hidden />
          {t('sharing.title')}
        </Link>
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'positions' }}>
          <Network size={14} aria-hidden />
          {t('positions.title')}
        </Link>
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'groups' }}>
          <UsersRound size={14} aria-hidden />
          {t('groups.title')}
        </Link>
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'territories' }}>
          <MapIcon size={14} aria-hidden />
          {t('settings.territories')}
        </Link>
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'queues' }}>
          <Inbox size={14} aria-hidden />
          {t('settings.queues')}
        </Link>
      </nav>
    </section>
  )
}

export default function Settings() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { changeLanguage, changeTheme, changeDensity, changeTimeZone } = usePreferences()
  const { data: user } = useQuery(objectQuery('user'))
  const [changing, setChanging] = useState(false)
  if (!me) return null
  const roles = user?.fields.find((field) => field.name === 'role')?.values
  const role = roles?.find((item) => item.value === me.role)?.label ?? me.role ?? '—'
  const saved = (kept = true) => void (kept && showToast(t('settings.saved')))
  const zones = Intl.supportedValuesOf('timeZone')
  const facts = [
    [t('settings.name'), me.name],
    [t('settings.email'), me.email],
    [t('settings.role'), role],
    [t('settings.organisation'), me.organisation.name],
    [t('settings.currency'), me.organisation.currency],
  ]
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <span className="object-badge">
          <SettingsIcon size={16} aria-hidden />
        </span>
        <h1>{t('settings.title')}</h1>
      </header>
      <div className="page-scroll settings">
        <section aria-label={t('settings.profile')}>
          <h2>{t('settings.profile')}</h2>
          <FormRow id="language" label={t('settings.language')} help={t('settings.languageHint')} group>
            <Segmented
              label={t('settings.language')}
              value={currentLanguage()}
              onChange={(language) => void changeLanguage(language).then(saved)}
              options={languages.map((language) => ({ value: language, label: t(`language.${language}`) }))}
            />
          </FormRow>
          <FormRow id="theme" label={t('settings.theme')} group>
            <Segmented
              label={t('settings.theme')}
              value={me.theme}
              onChange={(theme) => void changeTheme(theme).then(saved)}
              options={themes.map((theme) => ({ value: theme, label: t(`theme.${theme}`) }))}
            />
          </FormRow>
          <FormRow id="density" label={t('settings.density')} help={t('settings.densityHint')} group>
            <Segmented
              label={t('settings.density')}
              value={me.density}
              onChange={(density) => void changeDensity(density).then(saved)}
              options={densities.map((density) => ({ value: density, label: t(`density.${density}`) }))}
            />
          </FormRow>
          <FormRow id="time-zone" label={t('settings.timeZone')} help={t('settings.timeZoneHint')}>
            <select
              id="time-zone"
              className="input"
              value={me.time_zone}
              aria-describedby="time-zone-help"
              onChange={(event) => void changeTimeZone(event.target.value).then(saved)}
            >
              {!zones.includes(me.time_zone) && <option>{me.time_zone}</option>}
              {zones.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </select>
          </FormRow>
        </section>
        {me.administrator && <Sharing scope={me.organisation.record_scope} onSaved={saved} />}
        <Suspense fallback={<SkeletonLines count={4} />}>{me.administrator && <Roles />}</Suspense>
        {me.rights.view_audit && (
          <section aria-label={t('audit.title')}>
            <h2>{t('audit.title')}</h2>
            <p className="form-help">{t('audit.intro')}</p>
            <Link className="btn btn-outline" to="/settings/audit">
              <ScrollText size={14} aria-hidden />
              {t('audit.open')}
            </Link>
          </section>
        )}
        <section aria-label={t('settings.about')}>
          <h2>{t('settings.about')}</h2>
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Button icon={<KeyRound size={14} aria-hidden />} onClick={() => setChanging(true)}>
            {t('password.change')}
          </Button>
        </section>
        <Suspense fallback={<SkeletonLines count={3} />}>
          <Devices />
          <Security administrator={me.administrator} />
        </Suspense>
      </div>
      <Suspense>{changing && <PasswordDialog id={me.id} own onClose={() => setChanging(false)} />}</Suspense>
    </div>
  )
}
