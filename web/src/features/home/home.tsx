// The first page: what was worked on lately, per object that matters most.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { meQuery, objectQuery, objectsQuery, queryPage } from '../../api/queries.ts'
import { idOf, type ObjectSummary } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { selectText } from '../../lib/soql.ts'
import { boardField, fieldsByName, nameOf, pathsFor } from '../../records/meta.ts'
import { Value } from '../../records/value.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import './home.css'

const preferred = ['opportunity', 'task', 'account', 'lead', 'contact', 'ticket', 'case']
const shownObjects = 4

function greetingKey(timeZone: string): 'home.morning' | 'home.afternoon' | 'home.evening' {
  const hour = Number(
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone }).format(new Date()),
  )
  if (hour < 12) return 'home.morning'
  return hour < 18 ? 'home.afternoon' : 'home.evening'
}

export default function Home() {
  const { t } = useTranslation()
  const { timeZone } = useFieldSettings()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  const rank = (object: ObjectSummary) =>
    (preferred.indexOf(object.name) + preferred.length) % preferred.length
  const shown = (objects ?? [])
    .filter((object) => object.in_navigation && object.rights.read)
    .sort(
      (left, right) =>
        Number(!preferred.includes(left.name)) - Number(!preferred.includes(right.name)) ||
        rank(left) - rank(right),
    )
    .slice(0, shownObjects)
  return (
    <div className="page home">
      <h1>{t(greetingKey(timeZone), { name: me?.name ?? '' })}</h1>
      <p>{t('home.intro')}</p>
      <div className="home-grid">
        {shown.map((object) => (
          <Recent key={object.name} object={object} />
        ))}
      </div>
    </div>
  )
}

function Recent({ object }: { object: ObjectSummary }) {
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
  const { data: page } = useQuery({ ...queryPage(object.name, q, 7), enabled: meta !== undefined })
  const field = meta && stage ? fieldsByName(meta).get(stage) : undefined
  return (
    <section
      className="home-card"
      data-module={object.module}
      aria-label={t('home.recent', { object: object.label_plural })}
    >
      <header>
        <span className="object-badge small">
          <ObjectIcon name={object.icon} size={13} />
        </span>
        <h2>{t('home.recent', { object: object.label_plural })}</h2>
        <span className="spring" />
        <Link className="link" to="/o/$object" params={{ object: object.name }}>
          {t('home.viewAll')}
        </Link>
      </header>
      <ul>
        {!page &&
          [60, 75, 50].map((width) => (
            <li key={width}>
              <Skeleton width={`${width}%`} />
            </li>
          ))}
        {page?.records.length === 0 && (
          <li className="nothing">{t('home.empty', { object: object.label_plural })}</li>
        )}
        {meta &&
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
          ))}
      </ul>
    </section>
  )
}
