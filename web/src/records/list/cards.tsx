// The list on a phone: a card per record, with its highlights, in place of a table.
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { NotebookPen, Phone } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { phoneText, telOf } from '../../fields/phone/show.tsx'
import { isPart } from '../../fields/shared/part.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { logHash } from '../log_hash.ts'
import { fieldsByName, nameOf } from '../meta.ts'
import { isEmpty, Value } from '../value.tsx'
import { type RowPlaces, useAnchor } from './use_anchor.ts'

interface CardsProps {
  meta: ObjectDetail
  records: RecordData[]
  /** The query that they answer. */
  question: string
  columns: string[]
  hasMore: boolean
  loadMore: () => void
}

export function RecordCards({ meta, records, question, columns, hasMore, loadMore }: CardsProps) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const virtual = useVirtualizer({
    count: records.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller,
    estimateSize: () => 92,
    overscan: 6,
    // A card keeps its measured height wherever it moves.
    getItemKey: useCallback((index: number) => idOf(records[index] ?? {}) || index, [records]),
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= records.length - 10) loadMore()
  }, [hasMore, last, records.length, loadMore])

  const places = useMemo<RowPlaces>(
    () => ({
      at: (offset) => virtual.getVirtualItemForOffset(offset)?.index ?? 0,
      start: (row) => {
        // Measures what changed.
        virtual.getTotalSize()
        return virtual.measurementsCache[row]?.start ?? 0
      },
    }),
    [virtual],
  )
  const note = useAnchor(scroller, question, records, places)
  // Cards find their places as they are measured.
  useLayoutEffect(note)

  const known = fieldsByName(meta)
  const fields = columns
    .filter((name) => name !== meta.name_field)
    .map((name) => known.get(name))
    .filter((field) => field !== undefined)
  return (
    <div className="cards-scroll" ref={setScroller}>
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

/** Without its heading a tick says nothing: what is true is named, what is not is left out. */
const isShown = (field: Field, value: unknown) =>
  !isEmpty(value) && field.type !== 'lookup' && (field.type !== 'boolean' || value === true)

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
  const phone = fields.find((field) => {
    const value = record[field.name]
    return field.type === 'phone' && !isEmpty(value) && !isPart(field, phoneText(value))
  })
  const mayLog = meta.timeline && objects.get('call')?.rights.create
  return (
    <div className="card-swipe">
      <Link className="record-card" to="/o/$object/$id" params={params}>
        <strong>{name}</strong>
        <span className="card-values">
          {fields
            .filter((field) => isShown(field, record[field.name]))
            .slice(0, 4)
            .map((field) => (
              <span key={field.name} title={field.label}>
                {field.type === 'boolean' ? field.label : <Value field={field} record={record} mode="cell" />}
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
