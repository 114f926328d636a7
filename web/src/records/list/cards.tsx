// The list on a phone: a card per record, with its highlights, in place of a table.
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { NotebookPen, Phone } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { telOf } from '../../fields/phone/show.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { logHash } from '../log_hash.ts'
import { fieldsByName, nameOf } from '../meta.ts'
import { isEmpty, Value } from '../value.tsx'

interface CardsProps {
  meta: ObjectDetail
  records: RecordData[]
  columns: string[]
  hasMore: boolean
  loadMore: () => void
}

export function RecordCards({ meta, records, columns, hasMore, loadMore }: CardsProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: records.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => 92,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= records.length - 10) loadMore()
  }, [hasMore, last, records.length, loadMore])

  const known = fieldsByName(meta)
  const fields = columns
    .filter((name) => name !== meta.name_field)
    .map((name) => known.get(name))
    .filter((field) => field !== undefined)
  return (
    <div className="cards-scroll" ref={scroller}>
      <ul style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const record = records[item.index]
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="card-item"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {record ? (
                <Card meta={meta} record={record} fields={fields} />
              ) : (
                <span className="record-card">
                  <Skeleton width="60%" />
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

interface CardProps {
  meta: ObjectDetail
  record: RecordData
  fields: Field[]
}

/** One record. Drawn to the left, it shows what to do without opening it: call, and write down a call. */
function Card({ meta, record, fields }: CardProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const name = nameOf(record, meta.name_field)
  const params = { object: meta.name, id: idOf(record) }
  const phone = fields.find((field) => field.type === 'phone' && !isEmpty(record[field.name]))
  const mayLog = meta.timeline && objects.get('call')?.rights.create
  return (
    <div className="card-swipe">
      <Link className="record-card" to="/o/$object/$id" params={params}>
        <strong>{name}</strong>
        <span className="card-values">
          {fields
            .filter((field) => !isEmpty(record[field.name]) && field.type !== 'lookup')
            .slice(0, 4)
            .map((field) => (
              <span key={field.name} title={field.label}>
                <Value field={field} record={record} mode="cell" />
              </span>
            ))}
        </span>
      </Link>
      {phone && (
        <a className="card-action call" href={telOf(record[phone.name])}>
          <Phone size={18} aria-hidden />
          <span>{t('cards.call')}</span>
          <span className="sr-only">{name}</span>
        </a>
      )}
      {mayLog && (
        <Link className="card-action" to="/o/$object/$id" params={params} hash={logHash}>
          <NotebookPen size={18} aria-hidden />
          <span>{t('cards.log')}</span>
          <span className="sr-only">{name}</span>
        </Link>
      )}
    </div>
  )
}
