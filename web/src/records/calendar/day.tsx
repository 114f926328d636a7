// One day of the calendar with its records. They are dragged to another day; a menu and Alt with the arrow keys do the same.
import { useDraggable, useDroppable } from '@dnd-kit/react'
import { CalendarClock } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { addDays, wallClock } from '../../lib/days.ts'
import { Button } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import type { ListSearch, Span } from '../list/search.ts'
import { fieldsByName, nameOf } from '../meta.ts'
import { isEmpty, Value } from '../value.tsx'

interface DayProps {
  day: string
  meta: ObjectDetail
  field: Field
  records: RecordData[]
  span: Span
  /** In a month: a day of another one. */
  outside: boolean
  isToday: boolean
  columns: string[]
  movable: boolean
  move: (record: RecordData, day: string) => Promise<void>
  change: (part: ListSearch) => void
}

/** Records shown of a day in a month. */
const fewest = 4

export function Day(props: DayProps) {
  const { day, records, span, change } = props
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const { ref, isDropTarget } = useDroppable({ id: day })
  const time = new Date(`${day}T00:00:00Z`)
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(time)
  const shown = span === 'month' ? records.slice(0, fewest) : records
  const rest = records.length - shown.length
  const state = `${props.outside ? 'outside' : ''} ${props.isToday ? 'today' : ''} ${isDropTarget ? 'drop-target' : ''}`
  return (
    <section
      ref={ref}
      className={`calendar-day ${state}`}
      aria-label={t('calendar.dayLabel', { date: format({ dateStyle: 'long' }), count: records.length })}
      aria-current={props.isToday ? 'date' : undefined}
    >
      <header>
        <span className="calendar-weekday">{format({ weekday: 'short' })}</span>
        <button type="button" className="calendar-date" onClick={() => change({ day, span: 'day' })}>
          <span className="sr-only">{format({ dateStyle: 'long' })}</span>
          <span aria-hidden>{Number(day.slice(8))}</span>
        </button>
      </header>
      <ul>
        {shown.map((record) => (
          <Entry key={idOf(record)} {...props} record={record} />
        ))}
      </ul>
      {rest > 0 && (
        <Button variant="plain" small onClick={() => change({ day, span: 'day' })}>
          {t('calendar.more', { count: rest })}
        </Button>
      )}
    </section>
  )
}

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

function Entry({
  meta,
  field,
  record,
  day,
  span,
  columns,
  movable,
  move,
  change,
}: DayProps & { record: RecordData }) {
  const { timeZone } = useFieldSettings()
  const { ref, handleRef, isDragging } = useDraggable({
    id: idOf(record),
    data: { record },
    disabled: !movable,
  })
  const name = nameOf(record, meta.name_field)
  const value = record[field.name]
  const time =
    field.type === 'date_time' && typeof value === 'string' ? wallClock(value, timeZone).time : null
  const onKeyDown = (event: KeyboardEvent) => {
    const by = steps[event.key]
    if (!event.altKey || !by || !movable) return
    event.preventDefault()
    void move(record, addDays(day, by))
  }
  return (
    <li ref={ref} className={`calendar-entry ${isDragging ? 'dragging' : ''}`}>
      <button
        ref={handleRef}
        type="button"
        className="calendar-name"
        title={name}
        onKeyDown={onKeyDown}
        onClick={() => change({ peek: idOf(record) })}
      >
        {time && <span className="calendar-time">{time.slice(0, 5)}</span>}
        <span className="ellipsis">{name}</span>
      </button>
      {movable && <MoveTo name={name} day={day} onMove={(to) => void move(record, to)} />}
      {span === 'day' && <Values meta={meta} record={record} columns={columns} date={field.name} />}
    </li>
  )
}

function Values({
  meta,
  record,
  columns,
  date,
}: {
  meta: ObjectDetail
  record: RecordData
  columns: string[]
  date: string
}) {
  const known = fieldsByName(meta)
  return (
    <span className="card-values">
      {columns
        .filter((column) => column !== meta.name_field && column !== date && !isEmpty(record[column]))
        .map((column) => {
          const field = known.get(column)
          return (
            field && (
              <span key={column} title={field.label}>
                <Value field={field} record={record} mode="cell" />
              </span>
            )
          )
        })}
    </span>
  )
}

function MoveTo({ name, day, onMove }: { name: string; day: string; onMove: (day: string) => void }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const id = useId()
  const [chosen, setChosen] = useState(day)
  return (
    <Popover
      label={t('calendar.moveRecord', { name })}
      align="end"
      trigger={(props) => (
        <button
          type="button"
          className="btn btn-icon btn-small calendar-move"
          aria-label={t('calendar.moveRecord', { name })}
          title={t('calendar.moveTo')}
          {...props}
        >
          <CalendarClock size={13} aria-hidden />
        </button>
      )}
    >
      {(close) => (
        <form
          className="calendar-form"
          onSubmit={(event) => {
            event.preventDefault()
            close()
            if (chosen) onMove(chosen)
          }}
        >
          <label htmlFor={id}>{t('calendar.newDate')}</label>
          <input
            id={id}
            type="date"
            lang={language}
            className="input"
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
          />
          <Button variant="primary" type="submit" disabled={!chosen}>
            {t('calendar.moveTo')}
          </Button>
        </form>
      )}
    </Popover>
  )
}
