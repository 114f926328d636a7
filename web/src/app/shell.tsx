// The frame around every page: the navigation, the search box, the account menu; a bar at the bottom on phones; and what lies
// over the page.
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { Command, PanelLeft } from 'lucide-react'
import { type ComponentProps, lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, objectsQuery } from '../api/queries.ts'
import type { Me, ObjectSummary } from '../api/types.ts'
import { useLive } from '../features/live/use_live.ts'
import type { Overlay } from '../features/palette/command.ts'
import { useFollowPreferences } from '../features/session/preferences.ts'
import { type FieldSettings, FieldSettingsProvider } from '../fields/context.tsx'
import { currentLanguage } from '../lib/i18n.ts'
import { IconButton } from '../ui/button.tsx'
import { SkeletonLines } from '../ui/feedback.tsx'
import { Avatar } from '../ui/tag.tsx'
import { NavLinks } from './nav_links.tsx'
import { useShortcuts } from './use_shortcuts.ts'

const AccountMenu = lazy(() => import('./account_menu.tsx'))
const BottomBar = lazy(() => import('./bottom_bar.tsx'))
const UpdatePrompt = lazy(() => import('./update_prompt.tsx'))
const PreviewBar = lazy(() => import('../features/session/preview_bar.tsx'))
const Assist = lazy(() => import('../features/assist/assist.tsx'))
const Overlays = lazy(() => import('../features/palette/overlays.tsx'))
const SearchBox = lazy(() => import('../features/search/search_box.tsx'))

export function Shell() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  const [overlay, setOverlay] = useState<Overlay | null>(null)
  useFollowPreferences(me ?? {})
  useShortcuts(setOverlay)
  const outdated = useLive(me)
  const language = currentLanguage()
  const settings = useMemo(() => me && fieldSettings(me, objects ?? [], language), [me, objects, language])
  if (!me || !settings) return null
  const shown = (objects ?? []).filter((object) => object.in_navigation && object.rights.read)
  return (
    <FieldSettingsProvider value={settings}>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <Suspense>{me.previewed_by && <PreviewBar me={me} />}</Suspense>
      <Frame me={me} objects={shown} show={setOverlay} />
      <Suspense>
        <Assist me={me} />
      </Suspense>
      <Suspense>{overlay && <Overlays overlay={overlay} show={setOverlay} />}</Suspense>
      <Suspense>{outdated && <UpdatePrompt />}</Suspense>
    </FieldSettingsProvider>
  )
}

interface FrameProps {
  me: Me
  objects: ObjectSummary[]
  show: (overlay: Overlay) => void
}

function Frame({ me, objects, show }: FrameProps) {
  const { t } = useTranslation()
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem('guanxi.nav') === 'narrow')
  const toggle = () => {
    localStorage.setItem('guanxi.nav', collapsed ? 'wide' : 'narrow')
    setCollapsed(!collapsed)
  }
  const account = (props: ComponentProps<'button'>) => (
    <button type="button" className="account" {...props}>
      <Avatar name={me.name} />
      <span className="account-name">
        <span className="sr-only">{t('nav.accountMenu')}</span>
        <span className="ellipsis">{me.name}</span>
        <span className="ellipsis org">{me.organisation.name}</span>
      </span>
    </button>
  )
  return (
    <div className={`shell ${collapsed ? 'narrow' : ''}`}>
      <nav className="side" aria-label={t('nav.main')}>
        <div className="brand">
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <strong>{t('app.name')}</strong>
          <span className="spring" />
          <IconButton
            small
            label={`${t('palette.title')} (Ctrl K)`}
            aria-keyshortcuts="Control+K Meta+K"
            onClick={() => show({ kind: 'palette' })}
          >
            <Command size={15} aria-hidden />
          </IconButton>
          <IconButton small label={collapsed ? t('nav.expand') : t('nav.collapse')} onClick={toggle}>
            <PanelLeft size={15} aria-hidden />
          </IconButton>
        </div>
        <Suspense fallback={<div className="search-space" />}>
          <SearchBox />
        </Suspense>
        <div className="side-scroll">
          <NavLinks me={me} objects={objects} />
        </div>
        <div id="assist" className="assist-space" />
        <Suspense fallback={account({ disabled: true })}>
          <AccountMenu me={me} onHelp={() => show({ kind: 'help' })} trigger={account} />
        </Suspense>
      </nav>
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<SkeletonLines count={10} />}>
          <Outlet />
        </Suspense>
      </main>
      <Suspense>
        <BottomBar me={me} objects={objects} />
      </Suspense>
    </div>
  )
}

function fieldSettings(me: Me, objects: ObjectSummary[], language: FieldSettings['language']): FieldSettings {
  return {
    language,
    timeZone: me.time_zone || me.organisation.time_zone,
    currency: me.organisation.currency,
    currencies: me.organisation.currencies,
    userId: me.id,
    objects: new Map(objects.map((object) => [object.name, object])),
    prefixes: new Map(objects.map((object) => [object.key_prefix, object])),
  }
}
