// The list on a phone: a card per record, with its highlights, in place of a table.
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { Skeleton } from '../../ui/feedback.tsx'
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
                <Link
                  className="record-card"
                  to="/o/$object/$id"
                  params={{ object: meta.name, id: idOf(record) }}
                >
                  <strong>{nameOf(record, meta.name_field)}</strong>
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
