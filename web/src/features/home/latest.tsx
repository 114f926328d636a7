// The records of an object that were changed last.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import { idOf, type ObjectSummary } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { selectText } from '../../lib/soql.ts'
import { boardField, fieldsByName, nameOf, pathsFor } from '../../records/meta.ts'
import { Value } from '../../records/value.tsx'
import { Card, CardIcon } from './card.tsx'

export function Latest({ object }: { object: ObjectSummary }) {
  const { t } = useTranslation()
  const { objects, language, timeZone } = useFieldSettings()
  const { data: meta } = useQuery(objectQuery(object.name))
  const stage = meta && boardField(meta)
  const q = selectText(
    {
      object: object.name,
      fields: [...(meta ? pathsFor(meta, stage ? [stage] : [], objects) : ['id']), 'updated_at'],
      sort: [{ field: 'updated_at', desc: true }],
    },
    () => 'string',
  )
  const { data: page, error } = useQuery({ ...queryPage(object.name, q, 8), enabled: meta !== undefined })
  const field = meta && stage ? fieldsByName(meta).get(stage) : undefined
  const title = t('home.recent', { object: object.label_plural })
  return (
    <Card
      title={title}
      icon={<CardIcon name={object.icon} />}
      module={object.module}
      all={
        <Link
          className="link"
          to="/o/$object"
          params={{ object: object.name }}
          aria-label={`${t('home.viewAll')}${t('common.colon')}${object.label_plural}`}
        >
          {t('home.viewAll')}
        </Link>
      }
      lines={
        meta &&
        page?.records.map((record) => (
          <li key={idOf(record)}>
            <Link
              className="name-link ellipsis"
              to="/o/$object/$id"
              params={{ object: object.name, id: idOf(record) }}
            >
              {nameOf(record, meta.name_field)}
            </Link>
            <span className="spring" />
            {field && <Value field={field} record={record} mode="cell" />}
            <time dateTime={String(record.updated_at)}>
              {formatRelative(String(record.updated_at), language, timeZone)}
            </time>
          </li>
        ))
      }
      error={error}
      empty={<p>{t('home.empty', { object: object.label_plural })}</p>}
    />
  )
}
