// The section of the settings with the devices on which one is signed in.
import { useTranslation } from 'react-i18next'
import { SessionList } from '../../records/sessions/session_list.tsx'

export default function Devices() {
  const { t } = useTranslation()
  return (
    <section aria-label={t('sessions.title')}>
      <h2>{t('sessions.title')}</h2>
      <p className="form-help">{t('sessions.intro')}</p>
      <SessionList />
    </section>
  )
}
