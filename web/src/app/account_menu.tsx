// The user's own menu: language, theme, density, settings, the source of the program, sign out.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Code, Keyboard, LogOut, Settings } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { aboutQuery } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import { usePreferences } from '../features/session/preferences.ts'
import { useSignOut } from '../features/session/sign_out.ts'
import { densities } from '../lib/density.ts'
import { languages } from '../lib/i18n.ts'
import type { Theme } from '../lib/theme.ts'
import { Menu } from '../ui/menu.tsx'

const themes: Theme[] = ['light', 'dark', 'system']

interface AccountProps {
  me: Me
  /** Shows the shortcuts; not where there is no keyboard. */
  onHelp?: () => void
  trigger: Parameters<typeof Menu>[0]['trigger']
}

export default function AccountMenu({ me, onHelp, trigger }: AccountProps) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { data: about } = useQuery(aboutQuery)
  const source = about?.source_url
  const { changeLanguage, changeTheme, changeDensity } = usePreferences()
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
        { title: t('nav.density') },
        ...densities.map((density) => ({
          label: t(`density.${density}`),
          checked: me.density === density,
          onSelect: () => void changeDensity(density),
        })),
        'line',
        ...(onHelp
          ? [
              {
                label: t('help.title'),
                icon: <Keyboard size={14} aria-hidden />,
                hint: '?',
                onSelect: onHelp,
              },
            ]
          : []),
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
        { label: t('nav.signOut'), icon: <LogOut size={14} aria-hidden />, onSelect: () => void signOut() },
      ]}
    />
  )
}
