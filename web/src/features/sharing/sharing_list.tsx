// How every object is shared, in short.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Minus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import type { ObjectSummary, Sharing } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { byModule, modules } from '../../lib/modules.ts'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { Tag } from '../../ui/tag.tsx'
import { isAdministered } from '../roles/reach.ts'
import { SearchBox } from '../roles/search_box.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import { sharingListQuery } from './data.ts'
import './sharing.css'

export default function SharingList() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { data, error } = useQuery(sharingListQuery)
  return (
    <SettingsPage
      title={t('sharing.title')}
      intro={t('sharing.intro')}
      error={error}
      loaded={data !== undefined}
    >
      {me?.organisation.record_scope === 'all' && <p className="banner">{t('sharing.allOpen')}</p>}
      {data && <Table all={data} />}
    </SettingsPage>
  )
}

function Table({ all }: { all: Sharing[] }) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = byModule([...objects.values()]).filter(({ name, label }) =>
    `${label} ${name}`.toLowerCase().includes(wanted),
  )
  return (
    <>
      <SearchBox label={t('sharing.search')} value={text} onChange={setText} />
      <table className="plain-table sharing-table">
        <thead>
          <tr>
            <th scope="col">{t('sharing.object')}</th>
            <th scope="col">{t('sharing.default')}</th>
            <th scope="col" className="mark">
              {t('sharing.hierarchy')}
            </th>
            <th scope="col" className="mark">
              {t('sharing.manual')}
            </th>
            <th scope="col">{t('sharing.rules')}</th>
          </tr>
        </thead>
        {modules.map((module) => {
          const rows = found.filter((object) => object.module === module)
          return (
            rows.length > 0 && (
              <tbody key={module} data-module={module}>
                <tr className="rights-group">
                  <th colSpan={5} scope="rowgroup">
                    {t(`module.${module}`)}
                  </th>
                </tr>
                {rows.map((object) => (
                  <Row
                    key={object.name}
                    object={object}
                    sharing={all.find((one) => one.object === object.name)}
                  />
                ))}
              </tbody>
            )
          )
        })}
      </table>
      {found.length === 0 && <p className="form-help">{t('roles.noMatch')}</p>}
    </>
  )
}

function Row({ object, sharing }: { object: ObjectSummary; sharing: Sharing | undefined }) {
  const { t } = useTranslation()
  const rules = sharing?.rules?.length ?? 0
  const name = (
    <span className="rights-name">
      <ObjectIcon name={object.icon} size={15} />
      <span className="ellipsis">{object.label}</span>
    </span>
  )
  const link = (
    <Link className="name-link" to="/settings/sharing/$object" params={{ object: object.name }}>
      {name}
    </Link>
  )
  if (!sharing || isAdministered(object.name)) {
    return (
      <tr className="inherits">
        <th scope="row">{link}</th>
        <td colSpan={4} className="form-help">
          {t('sharing.adminOnly')}
        </td>
      </tr>
    )
  }
  return (
    <tr>
      <th scope="row">{link}</th>
      <td>{t(`sharing.defaults.${sharing.default ?? 'private'}`)}</td>
      <Mark on={sharing.hierarchy ?? true} />
      <Mark on={sharing.manual ?? true} />
      <td>
        <span className="share-rules">
          {rules > 0 ? t('sharing.ruleCount', { count: rules }) : t('roles.nobody')}
          {sharing.pending.length > 0 && (
            <Tag color="orange" dot>
              {t('sharing.pending')}
            </Tag>
          )}
        </span>
      </td>
    </tr>
  )
}

/** A sign that is also said in words. */
function Mark({ on }: { on: boolean }) {
  const { t } = useTranslation()
  const Sign = on ? Check : Minus
  return (
    <td className="mark">
      <Sign size={15} aria-hidden />
      <span className="sr-only">{on ? t('sharing.yes') : t('sharing.no')}</span>
    </td>
  )
}
