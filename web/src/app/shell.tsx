// The frame around every page: modules and their objects, tools, the account menu; a bar at the bottom on phones.
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { House, Import, ListChecks, Menu as MenuIcon, PanelLeft, Trash } from 'lucide-react'
import { type ReactNode, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, objectsQuery } from '../api/queries.ts'
import type { Me, ObjectSummary } from '../api/types.ts'
import { useFollowPreferences } from '../features/session/preferences.ts'
import { type FieldSettings, FieldSettingsProvider } from '../fields/context.tsx'
import { currentLanguage } from '../lib/i18n.ts'
import { IconButton } from '../ui/button.tsx'
import { SkeletonLines } from '../ui/feedback.tsx'
import { ObjectIcon } from '../ui/object-icon.tsx'
import { Popover } from '../ui/popover.tsx'
import { Avatar } from '../ui/tag.tsx'
import { AccountMenu } from './account_menu.tsx'

const modules = ['customers', 'sales', 'service', 'marketing', 'analytics', 'platform'] as const

export function Shell() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  useFollowPreferences(me ?? {})
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem('guanxi.nav') === 'narrow')
  const language = currentLanguage()
  const settings = useMemo(() => me && fieldSettings(me, objects ?? [], language), [me, objects, language])
  if (!me || !settings) return null
  const toggle = () => {
    localStorage.setItem('guanxi.nav', collapsed ? 'wide' : 'narrow')
    setCollapsed(!collapsed)
  }
  const shown = (objects ?? []).filter((object) => object.in_navigation && object.rights.read)
  return (
    <FieldSettingsProvider value={settings}>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <div className={`shell ${collapsed ? 'narrow' : ''}`}>
        <nav className="side" aria-label={t('nav.main')}>
          <div className="brand">
            <img src="/favicon.svg" alt="" width={22} height={22} />
            <strong>{t('app.name')}</strong>
            <span className="spring" />
            <IconButton small label={collapsed ? t('nav.expand') : t('nav.collapse')} onClick={toggle}>
              <PanelLeft size={15} aria-hidden />
            </IconButton>
          </div>
          <div className="side-scroll">
            <NavLinks me={me} objects={shown} />
          </div>
          <AccountMenu
            me={me}
            trigger={(props) => (
              <button type="button" className="account" {...props}>
                <Avatar name={me.name} />
                <span className="account-name">
                  <span className="sr-only">{t('nav.accountMenu')}</span>
                  <span className="ellipsis">{me.name}</span>
                  <span className="ellipsis org">{me.organisation.name}</span>
                </span>
              </button>
            )}
          />
        </nav>
        <main id="main" tabIndex={-1}>
          <Suspense fallback={<SkeletonLines count={10} />}>
            <Outlet />
          </Suspense>
        </main>
        <BottomBar me={me} objects={shown} />
      </div>
    </FieldSettingsProvider>
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

interface NavProps {
  me: Me
  objects: ObjectSummary[]
  onGo?: () => void
}

function NavLinks({ me, objects, onGo }: NavProps) {
  const { t } = useTranslation()
  return (
    <>
      <ul>
        <li>
          <Link
            to="/"
            activeOptions={{ exact: true }}
            className="nav-link"
            title={t('nav.home')}
            onClick={onGo}
          >
            <House size={15} aria-hidden />
            <span>{t('nav.home')}</span>
          </Link>
        </li>
      </ul>
      {modules.map((module) => {
        const inModule = objects.filter((object) => object.module === module)
        if (inModule.length === 0) return null
        return (
          <div key={module} className="nav-module" data-module={module}>
            <h2>{t(`module.${module}`)}</h2>
            <ul>
              {inModule.map((object) => (
                <li key={object.name}>
                  <Link
                    to="/o/$object"
                    params={{ object: object.name }}
                    activeOptions={{ includeSearch: false }}
                    className="nav-link"
                    title={object.label_plural}
                    onClick={onGo}
                  >
                    <ObjectIcon name={object.icon} size={15} />
                    <span>{object.label_plural}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
      <div className="nav-module" data-module="platform">
        <h2>{t('nav.tools')}</h2>
        <ul>
          {me.rights.import && (
            <ToolLink
              to="/imports"
              label={t('nav.imports')}
              icon={<Import size={15} aria-hidden />}
              onGo={onGo}
            />
          )}
          <ToolLink
            to="/jobs"
            label={t('nav.jobs')}
            icon={<ListChecks size={15} aria-hidden />}
            onGo={onGo}
          />
          <ToolLink
            to="/recycle-bin"
            label={t('nav.recycleBin')}
            icon={<Trash size={15} aria-hidden />}
            onGo={onGo}
          />
        </ul>
      </div>
    </>
  )
}

interface ToolProps {
  to: '/imports' | '/jobs' | '/recycle-bin'
  label: string
  icon: ReactNode
  onGo?: () => void
}

function ToolLink({ to, label, icon, onGo }: ToolProps) {
  return (
    <li>
      <Link to={to} className="nav-link" title={label} onClick={onGo}>
        {icon}
        <span>{label}</span>
      </Link>
    </li>
  )
}

const barPlaces = 3

/** The phone's navigation: home, the first objects, and the rest behind "more". */
function BottomBar({ me, objects }: NavProps) {
  const { t } = useTranslation()
  const preferred = ['account', 'opportunity', 'task']
  const first = preferred
    .map((name) => objects.find((object) => object.name === name))
    .filter((found) => found !== undefined)
  const shown = [...first, ...objects.filter((object) => !first.includes(object))].slice(0, barPlaces)
  return (
    <nav className="bottom-bar" aria-label={t('nav.main')}>
      <Link to="/" activeOptions={{ exact: true }} className="bar-link">
        <House size={20} aria-hidden />
        <span>{t('nav.home')}</span>
      </Link>
      {shown.map((object) => (
        <Link
          key={object.name}
          to="/o/$object"
          params={{ object: object.name }}
          activeOptions={{ includeSearch: false }}
          className="bar-link"
          data-module={object.module}
        >
          <ObjectIcon name={object.icon} size={20} />
          <span>{object.label_plural}</span>
        </Link>
      ))}
      <Popover
        label={t('nav.more')}
        align="end"
        trigger={(props) => (
          <button type="button" className="bar-link" {...props}>
            <MenuIcon size={20} aria-hidden />
            <span>{t('nav.more')}</span>
          </button>
        )}
      >
        {(close) => (
          <div className="more-panel">
            <NavLinks me={me} objects={objects} onGo={close} />
            <AccountMenu
              me={me}
              trigger={(props) => (
                <button type="button" className="account" {...props}>
                  <Avatar name={me.name} />
                  <span className="account-name">
                    <span className="sr-only">{t('nav.accountMenu')}</span>
                    {me.name}
                  </span>
                </button>
              )}
            />
          </div>
        )}
      </Popover>
    </nav>
  )
}
