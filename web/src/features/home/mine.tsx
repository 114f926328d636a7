// One's own records that are still open, the most urgent first.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectQuery, queryPage } from '../../api/queries.ts'
import { idOf, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDate, today } from '../../lib/dates.ts'
import { selectText } from '../../lib/soql.ts'
import { fieldsByName, nameOf, pathsFor } from '../../records/meta.ts'
import { Value } from '../../records/value.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, CardIcon } from './card.tsx'
import { kindOf } from './figures.tsx'
import type { MineWidget } from './widgets.ts'

const RecordDialog = lazy(() => import('../../records/edit/record_dialog.tsx'))
const shown = 8

export function Mine({ widget }: { widget: MineWidget }) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const { data: meta } = useQuery(objectQuery(widget.object))
  const [creating, setCreating] = useState(false)
  const columns = [widget.field, widget.due, ...(widget.amount ? [widget.amount] : [])]
  const q = selectText(
    {
      object: widget.object,
      fields: meta ? pathsFor(meta, columns, objects) : ['id'],
      filter: widget.filter,
      sort: [{ field: widget.due, desc: false }],
    },
    kindOf,
  )
  const { data: page } = useQuery({ ...queryPage(widget.object, q, shown), enabled: meta !== undefined })
  const fields = meta && fieldsByName(meta)
  const beside = [widget.amount, widget.field].map((name) => (name ? fields?.get(name) : undefined))
  const line = (record: RecordData) => (
    <li key={idOf(record)}>
      <Link
        className="name-link ellipsis"
        to="/o/$object/$id"
        params={{ object: widget.object, id: idOf(record) }}
      >
        {nameOf(record, meta?.name_field ?? 'name')}
      </Link>
      <span className="spring" />
      {beside.map((field) => field && <Value key={field.name} field={field} record={record} mode="cell" />)}
      <Due date={record[widget.due]} />
    </li>
  )
  return (
    <>
      <Card
        title={t(widget.title)}
        icon={<CardIcon name={meta?.icon} />}
        module={meta?.module}
        all={
          <Link
            className="link"
            to="/o/$object"
            params={{ object: widget.object }}
            search={{ kind: 'list', filter: widget.filter, sort: [{ field: widget.due, desc: false }] }}
            aria-label={`${t('home.viewAll')}${t('common.colon')}${t(widget.title)}`}
          >
            {t('home.viewAll')}
          </Link>
        }
        lines={page?.records.map(line)}
        empty={
          <>
            <p>{t('today.nothing', { view: t(widget.title) })}</p>
            {meta?.rights.create && (
              <Button icon={<Plus size={14} aria-hidden />} onClick={() => setCreating(true)}>
                {t('list.create', { object: meta.label })}
              </Button>
            )}
          </>
        }
      />
      <Suspense>
        {creating && meta && <RecordDialog meta={meta} onClose={() => setCreating(false)} />}
      </Suspense>
    </>
  )
}

/** The day something is due, told apart when it is today or past. */
function Due({ date }: { date: unknown }) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  if (typeof date !== 'string') return <span className="due" />
  const now = today(timeZone)
  const state = date < now ? 'overdue' : date === now ? 'now' : ''
  return (
    <time className={`due ${state}`} dateTime={date}>
      {state === 'overdue' && <span className="sr-only">{t('today.overdueSince')} </span>}
      {state === 'now' ? t('today.dueToday') : formatDate(date, language)}
    </time>
  )
}
