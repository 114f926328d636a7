// New values for many records: chosen, looked at record by record before anything is written, then written as a job.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { Suspense, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bulkEdit, cancelJob, previewBulkEdit } from '../../api/commands.ts'
import { jobQuery } from '../../api/page_queries.ts'
import type { BulkEditPreview, Field, Job, ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { fieldType } from '../../fields/registry.ts'
import { RecordLink } from '../../fields/shared/record_link.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Progress, Skeleton } from '../../ui/feedback.tsx'
import { fieldsByName } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndo } from '../writes.ts'
import { DisputedValue } from './disputed_value.tsx'
import './edit.css'
import { isEditable } from './record_form.tsx'

interface BulkProps {
  meta: ObjectDetail
  /** The records, named one by one or found by a query. */
  records: { ids: string[] } | { q: string }
  onClose: (edited: boolean) => void
}

interface Chosen {
  name: string
  value: unknown
}

/** What can be given to many records: not what tells one from the others. */
const offered = (meta: ObjectDetail): Field[] =>
  meta.fields.filter(
    (field) => isEditable(field) && !field.unique && !field.external_key && field.type !== 'file',
  )

export default function BulkEdit({ meta, records, onClose }: BulkProps) {
  const { t } = useTranslation()
  const onError = useErrorToast(meta)
  const fields = offered(meta)
  const first = fields.find((field) => field.name !== meta.name_field) ?? fields[0]
  const [chosen, setChosen] = useState<Chosen[]>(first ? [{ name: first.name, value: null }] : [])
  const values = Object.fromEntries(chosen.map(({ name, value }) => [name, value]))
  const preview = useMutation({
    mutationFn: () => previewBulkEdit(meta.name, { ...records, values }),
    onError,
  })
  const start = useMutation({ mutationFn: () => bulkEdit(meta.name, { ...records, values }), onError })
  const total = preview.data?.total ?? 0
  if (start.data) {
    const { job, change_set } = start.data
    return <Running meta={meta} job={job} changeSet={change_set} onClose={() => onClose(true)} />
  }
  return (
    <Dialog
      title={t('bulk.title', { object: meta.label_plural })}
      wide
      onClose={() => onClose(false)}
      footer={
        <>
          {preview.data && (
            <Button onClick={() => preview.reset()} disabled={start.isPending}>
              {t('bulk.back')}
            </Button>
          )}
          <Button onClick={() => onClose(false)}>{t('common.cancel')}</Button>
          {preview.data ? (
            <Button
              variant="primary"
              disabled={start.isPending || total === 0 || changesNothing(preview.data)}
              onClick={() => start.mutate()}
            >
              {t('bulk.apply', { count: total })}
            </Button>
          ) : (
            <Button
              variant="primary"
              disabled={preview.isPending || chosen.length === 0}
              onClick={() => preview.mutate()}
            >
              {t('bulk.preview')}
            </Button>
          )}
        </>
      }
    >
      {preview.data ? (
        <Preview meta={meta} preview={preview.data} />
      ) : (
        <Choice fields={fields} chosen={chosen} onChange={setChosen} />
      )}
    </Dialog>
  )
}

interface ChoiceProps {
  fields: Field[]
  chosen: Chosen[]
  onChange: (chosen: Chosen[]) => void
}

function Choice({ fields, chosen, onChange }: ChoiceProps) {
  const { t } = useTranslation()
  const unused = fields.find((field) => !chosen.some((item) => item.name === field.name))
  return (
    <div className="stack">
      <p className="form-help">{t('bulk.choose')}</p>
      {chosen.map((item, index) => (
        <ChoiceRow
          key={item.name}
          number={index + 1}
          fields={fields.filter(
            (field) => field.name === item.name || !chosen.some((other) => other.name === field.name),
          )}
          chosen={item}
          onChange={(next) => onChange(chosen.with(index, next))}
          onRemove={chosen.length > 1 ? () => onChange(chosen.toSpliced(index, 1)) : undefined}
        />
      ))}
      {unused && (
        <div>
          <Button
            variant="plain"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => onChange([...chosen, { name: unused.name, value: null }])}
          >
            {t('bulk.addField')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface RowProps {
  number: number
  fields: Field[]
  chosen: Chosen
  onChange: (chosen: Chosen) => void
  onRemove?: () => void
}

function ChoiceRow({ number, fields, chosen, onChange, onRemove }: RowProps) {
  const { t } = useTranslation()
  const id = useId()
  const field = fields.find((item) => item.name === chosen.name)
  if (!field) return null
  const { Edit } = fieldType(field.type)
  return (
    <div className="bulk-row">
      <select
        className="input"
        aria-label={`${t('filter.field')} ${number}`}
        value={chosen.name}
        onChange={(event) => onChange({ name: event.target.value, value: null })}
      >
        {fields.map((item) => (
          <option key={item.name} value={item.name}>
            {item.label}
          </option>
        ))}
      </select>
      <div>
        <label className="sr-only" id={`${id}-label`} htmlFor={id}>
          {t('bulk.newValue', { field: field.label })}
        </label>
        <Suspense fallback={<Skeleton height={30} />}>
          <Edit
            key={field.name}
            id={id}
            field={field}
            value={chosen.value}
            record={{}}
            onChange={(value) => onChange({ ...chosen, value })}
          />
        </Suspense>
        {(chosen.value === null || chosen.value === undefined) && (
          <span className="form-help">{t('bulk.willBeEmpty')}</span>
        )}
      </div>
      {onRemove && (
        <IconButton label={t('common.remove')} onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  )
}

/** Whether all records are shown and each has these values already. */
const changesNothing = ({ total, rows }: BulkEditPreview) =>
  total <= rows.length && rows.every((row) => !row.error && row.changes.length === 0)

function Preview({ meta, preview }: { meta: ObjectDetail; preview: BulkEditPreview }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const fields = fieldsByName(meta)
  const { total, rows } = preview
  return (
    <>
      <p role="status">
        <strong>
          {changesNothing(preview)
            ? t('bulk.nothing')
            : t('bulk.count', { count: total, value: total.toLocaleString(language) })}
        </strong>{' '}
        {total > rows.length && t('bulk.firstShown', { count: rows.length })}
      </p>
      <div className="bulk-preview" tabIndex={0} role="region" aria-label={t('bulk.difference')}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{meta.label}</th>
              <th scope="col">{t('bulk.difference')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.name}</th>
                <td>
                  {row.error && <span className="form-error">{reasonOf(row.error)}</span>}
                  {!row.error && row.changes.length === 0 && (
                    <span className="nothing">{t('bulk.unchanged')}</span>
                  )}
                  {row.changes.map(({ field: name, old, new: then }) => {
                    const field = fields.get(name)
                    return (
                      field && (
                        <div key={name} className="bulk-change">
                          <span className="change-label">{field.label}</span>
                          <DisputedValue field={field} record={{ [name]: old } as RecordData} />
                          {' → '}
                          <DisputedValue field={field} record={{ [name]: then } as RecordData} />
                        </div>
                      )
                    )
                  })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

const reasonOf = (problem: NonNullable<BulkEditPreview['rows'][number]['error']>): string =>
  (problem.errors ?? []).map((item) => item.message).join(' · ') || problem.detail || problem.title

interface Result {
  updated: number
  unchanged: number
  failed: number
  errors: Array<{ id: string; name: string; message: string }>
}

interface RunningProps {
  meta: ObjectDetail
  job: Job
  changeSet: string
  onClose: () => void
}

function Running({ meta, job: started, changeSet, onClose }: RunningProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undo = useUndo()
  const onError = useErrorToast(meta)
  const { data: job = started } = useQuery(jobQuery(started.id))
  const live = job.state === 'queued' || job.state === 'running'
  const result = job.result as unknown as Result | null
  const refreshed = useRef(false)
  useEffect(() => {
    if (live || refreshed.current) return
    refreshed.current = true
    void refreshRecords(client)
  }, [live, client])
  return (
    <Dialog
      title={t('bulk.title', { object: meta.label_plural })}
      wide
      onClose={onClose}
      footer={
        <>
          {live && <Button onClick={() => void cancelJob(job.id).catch(onError)}>{t('bulk.stop')}</Button>}
          {!live && (job.state === 'cancelled' || (result && result.updated > 0)) && (
            <Button
              onClick={() => {
                onClose()
                undo(changeSet)
              }}
            >
              {t('common.undo')}
            </Button>
          )}
          <Button variant="primary" onClick={onClose}>
            {live ? t('bulk.inBackground') : t('common.close')}
          </Button>
        </>
      }
    >
      {live && <Progress label={t('bulk.running')} done={job.done} total={job.total} />}
      <p role="status">
        {live && t('bulk.runningWhy')}
        {job.state === 'failed' && (job.error?.detail ?? t('errors.title'))}
        {job.state === 'cancelled' && t('bulk.cancelled', { count: job.done })}
        {result &&
          t('bulk.result', {
            count: result.updated,
            unchanged: result.unchanged,
            failed: result.failed,
          })}
      </p>
      {result && result.errors.length > 0 && (
        <ul className="bulk-errors" aria-label={t('bulk.refused')}>
          {result.errors.map((error) => (
            <li key={error.id}>
              <RecordLink className="link" object={meta.name} id={error.id}>
                {error.name || error.id}
              </RecordLink>
              <span className="form-error">{error.message}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
