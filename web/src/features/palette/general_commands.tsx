// Commands that work everywhere: make a record, go somewhere, change how the UI looks, sign out.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { House, Import, LogOut, Palette, Plus, Printer, Settings, Trash, Upload } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { meQuery, objectsQuery, viewsQuery } from '../../api/queries.ts'
import { densities } from '../../lib/density.ts'
import { currentLanguage, languages } from '../../lib/i18n.ts'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { usePreferences } from '../session/preferences.ts'
import { useSignOut } from '../session/sign_out.ts'
import type { Command, Overlay } from './command.ts'

const themes = ['light', 'dark', 'system'] as const

/** The commands that work everywhere, in the order they are shown in. */
export function useGeneralCommands(object: string | null, show: (overlay: Overlay) => void): Command[] {
  return [...useCreate(show), ...useViews(object), ...usePlaces(), ...useLooks(show)]
}

function useCreate(show: (overlay: Overlay) => void): Command[] {
  const { t } = useTranslation()
  const { data: objects } = useQuery(objectsQuery)
  return (objects ?? [])
    .filter((item) => item.in_navigation && item.rights.create && item.name !== 'file')
    .map((item) => ({
      id: `create ${item.name}`,
      group: 'create' as const,
      label: t('list.create', { object: item.label }),
      otherNames: `${item.name} new create`,
      icon: <Plus size={15} aria-hidden />,
      run: () => show({ kind: 'create', object: item.name }),
    }))
}

/** The saved views of the list that is open. */
function useViews(object: string | null): Command[] {
  const navigate = useNavigate()
  const { t } = useTranslation()
  const { data: objects } = useQuery(objectsQuery)
  const { data: views } = useQuery({ ...viewsQuery(object ?? ''), enabled: object !== null })
  const summary = objects?.find((item) => item.name === object)
  if (!object || !summary) return []
  return (views ?? []).map((view) => ({
    id: `view ${view.id}`,
    group: 'go' as const,
    label: view.label,
    otherNames: 'view',
    hint: t('list.view'),
    icon: <ObjectIcon name={summary.icon} size={15} />,
    run: () => void navigate({ to: '/o/$object', params: { object }, search: { view: view.id } }),
  }))
}

function usePlaces(): Command[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  const lists = (objects ?? [])
    .filter((item) => item.in_navigation && item.rights.read)
    .map((item) => ({
      id: `go ${item.name}`,
      group: 'go' as const,
      label: item.label_plural,
      otherNames: `${item.name} ${t(`module.${item.module}`)}`,
      hint: t('palette.list'),
      icon: <ObjectIcon name={item.icon} size={15} />,
      run: () => void navigate({ to: '/o/$object', params: { object: item.name } }),
    }))
  const go = (
    id: '/' | '/imports' | '/jobs' | '/recycle-bin' | '/settings',
    label: string,
    icon: Command['icon'],
  ) => ({
    id: `go ${id}`,
    group: 'go' as const,
    label,
    otherNames: id.slice(1),
    icon,
    run: () => void navigate({ to: id }),
  })
  return [
    go('/', t('nav.home'), <House size={15} aria-hidden />),
    ...lists,
    ...(me?.rights.import ? [go('/imports', t('nav.imports'), <Import size={15} aria-hidden />)] : []),
    go('/jobs', t('nav.jobs'), <Upload size={15} aria-hidden />),
    go('/recycle-bin', t('nav.recycleBin'), <Trash size={15} aria-hidden />),
    go('/settings', t('nav.settings'), <Settings size={15} aria-hidden />),
  ]
}

function useLooks(show: (overlay: Overlay) => void): Command[] {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = client.getQueryData(meQuery.queryKey)
  const { changeLanguage, changeTheme, changeDensity } = usePreferences()
  const signOut = useSignOut()
  const look = (id: string, label: string, otherNames: string, run: () => void): Command => ({
    id,
    group: 'preferences',
    label,
    otherNames,
    icon: <Palette size={15} aria-hidden />,
    run,
  })
  return [
    ...languages
      .filter((item) => item !== currentLanguage())
      .map((item) =>
        look(
          `language ${item}`,
          t('palette.language', { language: t(`language.${item}`) }),
          'language 语言',
          () => void changeLanguage(item),
        ),
      ),
    ...themes
      .filter((item) => item !== me?.theme)
      .map((item) =>
        look(
          `theme ${item}`,
          t('palette.theme', { theme: t(`theme.${item}`) }),
          `theme ${item} 主题`,
          () => void changeTheme(item),
        ),
      ),
    ...densities
      .filter((item) => item !== me?.density)
      .map((item) =>
        look(
          `density ${item}`,
          t('palette.density', { density: t(`density.${item}`) }),
          `density ${item} 密度`,
          () => void changeDensity(item),
        ),
      ),
    {
      ...look('print', t('palette.print'), 'print 打印', () => window.print()),
      icon: <Printer size={15} aria-hidden />,
    },
    {
      ...look('help', t('help.title'), 'help shortcuts keyboard 帮助', () => show({ kind: 'help' })),
      hint: '?',
    },
    {
      ...look('sign out', t('nav.signOut'), 'sign out log out logout 注销', () => void signOut()),
      icon: <LogOut size={15} aria-hidden />,
    },
  ]
}
