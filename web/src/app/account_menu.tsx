// The user's own menu: language, theme, settings, the source of the program, sign out.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Code, LogOut, Settings } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { signOut } from '../api/commands.ts'
import { aboutQuery, meQuery } from '../api/queries.ts'
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
  const { data: about } = useQuery(aboutQuery)
  const source = about?.source_url
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
        ...(source
          ? [
              {
                label: t('nav.source'),
                icon: <Code size={14} aria-hidden />,
                hint: about.version,
                onSelect: () => void window.open(source, '_blank', 'noopener'),
              },
            ]
          : []),
        { label: t('nav.signOut'), icon: <LogOut size={14} aria-hidden />, onSelect: () => void leave() },
      ]}
    />
  )
}
