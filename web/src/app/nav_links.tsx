// The links of the navigation: home, the modules with their objects, the tools.
import { Link } from '@tanstack/react-router'
import { House, Import, ListChecks, Search, Trash } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me, ObjectSummary } from '../api/types.ts'
import { modules } from '../lib/modules.ts'
import { ObjectIcon } from '../ui/object-icon.tsx'

export interface NavProps {
  me: Me
  objects: ObjectSummary[]
  onGo?: () => void
}

export function NavLinks({ me, objects, onGo }: NavProps) {
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
        <li className="nav-search">
          <Link to="/search" search={{}} className="nav-link" title={t('search.title')} onClick={onGo}>
            <Search size={15} aria-hidden />
            <span>{t('search.title')}</span>
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
