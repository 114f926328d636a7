// One's own records that are still open, the most urgent first.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Circle, CircleCheck, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { updateRecord } from '../../api/commands.ts'
import { queryPage } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import { idOf, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDate, today } from '../../lib/dates.ts'
import { selectText } from '../../lib/soql.ts'
import { fieldsByName, nameOf, pathsFor } from '../../records/meta.ts'
import { Value } from '../../records/value.tsx'
import { refreshRecords, useErrorToast, useUndoToast } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
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
  const fields = meta && fieldsByName(meta)
  const sort = fields?.get(widget.due)?.sortable ? [{ field: widget.due, desc: false }] : []
  const q = selectText(
    {
      object: widget.object,
      fields: meta ? pathsFor(meta, columns, objects) : ['id'],
      filter: widget.filter,
      sort,
      emptyLast: true,
    },
    kindOf,
  )
  const { data: page, error } = useQuery({
    ...queryPage(widget.object, q, shown),
    enabled: meta !== undefined,
  })
  const beside = [widget.amount, widget.field].map((name) => (name ? fields?.get(name) : undefined))
  const named = (record: RecordData) => nameOf(record, meta?.name_field ?? 'name')
  const line = (record: RecordData) => (
    <li key={idOf(record)} className="home-line">
      {widget.done && meta?.rights.edit && fields?.get(widget.done.field)?.read_only === false && (
        <Finish object={widget.object} record={record} name={named(record)} done={widget.done} />
      )}
      <Link
        className="name-link ellipsis"
        to="/o/$object/$id"
        params={{ object: widget.object, id: idOf(record) }}
      >
        {named(record)}
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
            search={{ kind: 'list', filter: widget.filter, sort }}
            aria-label={`${t('home.viewAll')}${t('common.colon')}${t(widget.title)}`}
          >
            {t('home.viewAll')}
          </Link>
        }
        lines={page?.records.map(line)}
        error={error}
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

interface FinishProps {
  object: string
  record: RecordData
  name: string
  done: NonNullable<MineWidget['done']>
}

/** Marks a record as done where it stands, with a way back. */
function Finish({ object, record, name, done }: FinishProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const [busy, setBusy] = useState(false)
  const finish = async () => {
    setBusy(true)
    try {
      const { changeSet } = await updateRecord(object, idOf(record), { [done.field]: done.value })
      undoToast(t('today.finished', { name }), changeSet)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
    setBusy(false)
  }
  return (
    <IconButton
      small
      className="finish"
      label={t('today.finish', { name })}
      disabled={busy}
      onClick={() => void finish()}
    >
      <Circle size={16} aria-hidden />
      <CircleCheck size={16} aria-hidden />
    </IconButton>
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
