// The user's own menu: language, theme, settings, sign out.
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut, Settings } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { signOut } from '../api/commands.ts'
import { meQuery } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import { usePreferences } from '../features/session/preferences.ts'
import { languages } from '../lib/i18n.ts'
import type { Theme } from '../lib/theme.ts'
import { useErrorToast } from '../records/writes.ts'
import { Menu } from '../ui/menu.tsx'

const themes: Theme[] = ['light', 'dark', 'system']

interface AccountProps {
  me: Me
  trigger: Parameters<typeof Menu>[0]['trigger']
}

export function AccountMenu({ me, trigger }: AccountProps) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const onError = useErrorToast()
  const { changeLanguage, changeTheme } = usePreferences()
  const leave = async () => {
    try {
      await signOut()
      client.clear()
      client.setQueryData(meQuery.queryKey, null)
      await navigate({ to: '/sign-in', search: { next: undefined, expired: undefined } })
    } catch (error) {
      onError(error)
    }
  }
  return (
    <Menu
      label={t('nav.accountMenu')}
      trigger={trigger}
      items={[
        { title: me.email },
        {
          label: t('nav.settings'),
          icon: <Settings size={14} aria-hidden />,
          onSelect: () => void navigate({ to: '/settings' }),
        },
        'line',
        { title: t('nav.language') },
        ...languages.map((language) => ({
          label: t(`language.${language}`),
          checked: i18n.language === language,
          onSelect: () => void changeLanguage(language),
        })),
        'line',
        { title: t('nav.theme') },
        ...themes.map((theme) => ({
          label: t(`theme.${theme}`),
          checked: me.theme === theme,
          onSelect: () => void changeTheme(theme),
        })),
        'line',
        { label: t('nav.signOut'), icon: <LogOut size={14} aria-hidden />, onSelect: () => void leave() },
      ]}
    />
  )
}
