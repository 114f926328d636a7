// The user's own settings: language, theme, density, time zone.
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Settings as SettingsIcon } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, objectQuery } from '../../api/queries.ts'
import { densities } from '../../lib/density.ts'
import { currentLanguage, languages } from '../../lib/i18n.ts'
import { Button, Segmented } from '../../ui/button.tsx'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { usePreferences } from '../session/preferences.ts'
import './settings.css'

const PasswordDialog = lazy(() => import('../../records/password_dialog.tsx'))
const themes = ['light', 'dark', 'system'] as const

export default function Settings() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { changeLanguage, changeTheme, changeDensity, changeTimeZone } = usePreferences()
  const { data: user } = useQuery(objectQuery('user'))
  const [changing, setChanging] = useState(false)
  if (!me) return null
  const roles = user?.fields.find((field) => field.name === 'role')?.values
  const role = roles?.find((item) => item.value === me.role)?.label ?? me.role ?? '—'
  const saved = () => showToast(t('settings.saved'))
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
      </div>
      <Suspense>{changing && <PasswordDialog id={me.id} own onClose={() => setChanging(false)} />}</Suspense>
    </div>
  )
}
