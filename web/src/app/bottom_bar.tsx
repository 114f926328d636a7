// The phone's navigation at the foot of the screen.
import { Link } from '@tanstack/react-router'
import { House, Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { ObjectIcon } from '../ui/object-icon.tsx'
import { Popover } from '../ui/popover.tsx'
import { Avatar } from '../ui/tag.tsx'
import AccountMenu from './account_menu.tsx'
import { NavLinks, type NavProps } from './nav_links.tsx'

const AssistTools = lazy(() => import('../features/assist/tools.tsx'))
const barPlaces = 2

/** Home, the first objects, search, and the rest behind "more". */
export default function BottomBar({ me, objects }: NavProps) {
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
      <Link to="/search" search={{}} activeOptions={{ includeSearch: false }} className="bar-link">
        <Search size={20} aria-hidden />
        <span>{t('search.title')}</span>
      </Link>
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
            <Suspense>
              <AssistTools />
            </Suspense>
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
