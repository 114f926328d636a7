// What one looked at lately, here or on another device.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { recentQuery } from '../../api/page_queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { Card } from './card.tsx'

export function Seen() {
  const { t } = useTranslation()
  const { language, timeZone, objects } = useFieldSettings()
  const { data: seen } = useQuery(recentQuery(8))
  return (
    <Card
      title={t('today.recent')}
      icon={<History size={13} aria-hidden />}
      lines={seen?.map((record) => {
        const object = objects.get(record.object)
        return (
          <li key={record.id} data-module={object?.module}>
            <span className="home-kind" title={object?.label}>
              <ObjectIcon name={object?.icon} size={14} />
            </span>
            <Link
              className="name-link ellipsis"
              to="/o/$object/$id"
              params={{ object: record.object, id: record.id }}
            >
              {record.name ?? record.id}
            </Link>
            <span className="spring" />
            <span className="home-object">{object?.label}</span>
            <time dateTime={record.at}>{formatRelative(record.at, language, timeZone)}</time>
          </li>
        )
      })}
      empty={<p>{t('today.recentEmpty')}</p>}
    />
  )
}
