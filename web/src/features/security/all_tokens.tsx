// The tokens of programs of all users: for administrators.
import { useTranslation } from 'react-i18next'
import { everybody, TokenList } from '../../records/ways_in/token_list.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'

export default function AllTokens() {
  const { t } = useTranslation('security')
  return (
    <SettingsPage title={t('tokens.all')} intro={t('tokens.allIntro')} error={null} loaded>
      <TokenList user={everybody} />
    </SettingsPage>
  )
}
