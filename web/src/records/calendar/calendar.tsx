// The calendar: the records of a list on the days of a date field, by month, week or day. Only the days in view are read.
import { DragDropProvider } from '@dnd-kit/react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPages } from '../../api/page_queries.ts'
import type { Field, ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { literalKinds } from '../../fields/registry.ts'
import { today } from '../../lib/dates.ts'
import {
  addDays,
  addMonths,
  daysBetween,
  instantOf,
  startOfMonth,
  startOfWeek,
  wallClock,
} from '../../lib/days.ts'
import { both, type Filter } from '../../lib/filter.ts'
import { selectText } from '../../lib/soql.ts'
import { Button, IconButton, Segmented } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { dragPlugins, dragSensors } from '../board/plugins.ts'
import { isEditable } from '../edit/record_form.tsx'
import { type ListSearch, type Span, spans } from '../list/search.ts'
import { effectiveFilter, type ListState } from '../list/state.ts'
import { pathsFor } from '../meta.ts'
import './calendar.css'
import { Day } from './day.tsx'
import { useReschedule } from './reschedule.ts'

interface CalendarProps {
  meta: ObjectDetail
  state: ListState
  search: ListSearch
  date: string
  change: (part: ListSearch) => void
}

const pageSize = 500

/** The first day shown, and the day after the last. */
function range(day: string, span: Span): [string, string] {
  if (span === 'day') return [day, addDays(day, 1)]
  if (span === 'week') return [startOfWeek(day), addDays(startOfWeek(day), 7)]
  const next = addMonths(startOfMonth(day), 1)
  return [startOfWeek(startOfMonth(day)), addDays(startOfWeek(addDays(next, -1)), 7)]
}

const stepped = (day: string, span: Span, by: number) =>
  span === 'month' ? addMonths(day, by) : addDays(day, span === 'week' ? 7 * by : by)

export default function Calendar({ meta, state, search, date, change }: CalendarProps) {
  const { t } = useTranslation()
  const { timeZone } = useFieldSettings()
  const field = meta.fields.find((item) => item.name === date)
  const now = today(timeZone)
  const day = search.day ?? now
  const span = search.span ?? 'month'
  const [from, to] = range(day, span)
  const days = useMemo(() => daysBetween(from, to), [from, to])
  const found = useRange(meta, state, field, from, to)
  const move = useReschedule(meta, field)
  const period = usePeriod(day, span)
  if (!field) return null
  const movable = meta.rights.edit && isEditable(field)
  return (
    <div className="calendar-page">
      <Tools meta={meta} field={field} day={day} span={span} period={period} now={now} change={change} />
      <DragDropProvider
        plugins={dragPlugins}
        sensors={dragSensors}
        onDragEnd={({ operation: { source, target }, canceled }) => {
          const record = source?.data.record as RecordData | undefined
          if (!canceled && record && target) void move(record, String(target.id))
        }}
      >
        <div
          className={`calendar span-${span}`}
          role="region"
          tabIndex={0}
          aria-label={t('calendar.grid', { object: meta.label_plural, period })}
        >
          {found.pending ? (
            <SkeletonLines />
          ) : (
            days.map((item) => (
              <Day
                key={item}
                day={item}
                meta={meta}
                field={field}
                records={found.byDay.get(item) ?? []}
                span={span}
                outside={span === 'month' && item.slice(0, 7) !== day.slice(0, 7)}
                isToday={item === now}
                columns={state.columns}
                movable={movable}
                move={move}
                change={change}
              />
            ))
          )}
        </div>
      </DragDropProvider>
      {!found.pending && found.count === 0 && (
        <p className="calendar-note" role="status">
          {t('calendar.empty', { object: meta.label_plural })}
        </p>
      )}
      {found.more && (
        <p className="calendar-note" role="status">
          {t('calendar.tooMany', { count: found.count })}
          <Button variant="plain" onClick={found.loadMore}>
            {t('common.loadMore')}
          </Button>
        </p>
      )}
    </div>
  )
}

function usePeriod(day: string, span: Span): string {
  const { language } = useFieldSettings()
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' })
  const time = (text: string) => new Date(`${text}T00:00:00Z`)
  if (span === 'month') return format({ year: 'numeric', month: 'long' }).format(time(day))
  if (span === 'day') return format({ dateStyle: 'full' }).format(time(day))
  const [from, to] = range(day, span)
  return format({ year: 'numeric', month: 'short', day: 'numeric' }).formatRange(
    time(from),
    time(addDays(to, -1)),
  )
}

interface ToolsProps {
  meta: ObjectDetail
  field: Field
  day: string
  span: Span
  period: string
  now: string
  change: (part: ListSearch) => void
}

function Tools({ meta, field, day, span, period, now, change }: ToolsProps) {
  const { t } = useTranslation()
  const dates = meta.fields.filter((item) => item.type === 'date' || item.type === 'date_time')
  return (
    <div className="calendar-tools">
      <IconButton label={t('calendar.previous')} onClick={() => change({ day: stepped(day, span, -1) })}>
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <Button onClick={() => change({ day: now })}>{t('calendar.today')}</Button>
      <IconButton label={t('calendar.next')} onClick={() => change({ day: stepped(day, span, 1) })}>
        <ChevronRight size={16} aria-hidden />
      </IconButton>
      <h2 aria-live="polite">{period}</h2>
      <span className="spring" />
      {dates.length > 1 && (
        <select
          className="input"
          aria-label={t('calendar.field')}
          value={field.name}
          onChange={(event) => change({ date: event.target.value })}
        >
          {dates.map((item) => (
            <option key={item.name} value={item.name}>
              {item.label}
            </option>
          ))}
        </select>
      )}
      <Segmented
        label={t('calendar.span')}
        value={span}
        onChange={(next) => change({ span: next })}
        options={spans.map((item) => ({ value: item, label: t(`calendar.${item}`) }))}
      />
    </div>
  )
}

/** The records of the days in view, by day. */
function useRange(meta: ObjectDetail, state: ListState, field: Field | undefined, from: string, to: string) {
  const { objects, timeZone } = useFieldSettings()
  const q = useMemo(() => {
    const name = field?.name ?? 'created_at'
    const bound = (day: string) => (field?.type === 'date' ? day : instantOf(day, '00:00:00', timeZone))
    const within: Filter = {
      all: [
        { field: name, op: '>=', value: bound(from) },
        { field: name, op: '<', value: bound(to) },
      ],
    }
    const statement = {
      object: meta.name,
      fields: [...pathsFor(meta, [...state.columns, name], objects), 'version'],
      filter: both(effectiveFilter(meta, state), within),
      sort: [{ field: name, desc: false }],
    }
    return selectText(statement, literalKinds(meta.fields))
  }, [meta, state, field, from, to, objects, timeZone])
  const { placeholderData: _, ...options } = queryPages(meta.name, q, pageSize)
  const pages = useInfiniteQuery(options)
  const byDay = useMemo(() => {
    const days = new Map<string, RecordData[]>()
    for (const record of pages.data?.pages.flatMap((page) => page.records) ?? []) {
      const value = record[field?.name ?? '']
      if (typeof value !== 'string') continue
      const day = field?.type === 'date' ? value : wallClock(value, timeZone).day
      days.set(day, [...(days.get(day) ?? []), record])
    }
    return days
  }, [pages.data, field, timeZone])
  return {
    byDay,
    pending: pages.isPending,
    more: pages.hasNextPage,
    count: pages.data?.pages.reduce((sum, page) => sum + page.records.length, 0) ?? 0,
    loadMore: () => void pages.fetchNextPage(),
  }
}
