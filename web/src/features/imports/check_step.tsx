// The first rows as they will be, with problems in place, and a dry run over the whole file.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dryRunImport, previewImport, runImport } from '../../api/commands.ts'
import { jobQuery } from '../../api/page_queries.ts'
import type { Import, Job, ObjectDetail, PreviewRow } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { fieldsByName } from '../../records/meta.ts'
import { isEmpty, Value } from '../../records/value.tsx'
import { useErrorText, useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, Progress, SkeletonLines } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Counts, FirstErrors } from './counts.tsx'

interface CheckProps {
  item: Import
  meta: ObjectDetail
  onBack: () => void
  onStarted: (job: Job) => void
}

export function CheckStep({ item, meta, onBack, onStarted }: CheckProps) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const onError = useErrorToast()
  const errorText = useErrorText()
  const [starting, setStarting] = useState(false)
  const preview = useQuery({
    queryKey: ['import-preview', item.id, JSON.stringify(item.mapping)],
    queryFn: () => previewImport(item.id),
  })
  const start = async () => {
    setStarting(true)
    try {
      onStarted(await runImport(item.id))
    } catch (error) {
      onError(error)
      setStarting(false)
    }
  }
  const rows = item.dry_run?.rows ?? item.rows_estimate
  return (
    <>
      <div className="page-scroll wizard-body">
        <DryRun item={item} />
        <section aria-label={t('imports.preview')}>
          <h2>{t('imports.preview')}</h2>
          <p className="form-help">{t('imports.previewHint')}</p>
          {preview.isPending && <SkeletonLines />}
          {preview.isError && <Empty title={t('errors.title')} why={errorText(preview.error)} />}
          {preview.data && <PreviewTable item={item} meta={meta} rows={preview.data} />}
        </section>
      </div>
      <footer className="wizard-foot">
        <Button onClick={onBack}>{t('common.back')}</Button>
        <span className="spring" />
        <Button variant="primary" disabled={starting} onClick={() => void start()}>
          {rows ? t('imports.startCount', { rows: rows.toLocaleString(language) }) : t('imports.start')}
        </Button>
      </footer>
    </>
  )
}

function DryRun({ item }: { item: Import }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [jobId, setJobId] = useState<string | null>(null)
  const { data: job } = useQuery(jobQuery(jobId))
  const live = jobId !== null && (!job || job.state === 'queued' || job.state === 'running')
  const ended = job && !live
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: ['import', item.id] })
  }, [ended, client, item.id])
  const start = async () => {
    try {
      setJobId((await dryRunImport(item.id)).id)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <section className="dry-run" aria-label={t('imports.dryRun')}>
      <div className="dry-run-head">
        <h2>{t('imports.dryRun')}</h2>
        <span className="form-help">{t('imports.dryRunHint')}</span>
        <span className="spring" />
        <Button disabled={live} onClick={() => void start()}>
          {t('imports.startDryRun')}
        </Button>
      </div>
      {live && <Progress label={t('imports.dryRunning')} done={job?.done ?? 0} total={job?.total ?? null} />}
      {job?.state === 'failed' && (
        <p className="banner banner-danger" role="alert">
          {job.error?.detail ?? job.error?.title}
        </p>
      )}
      {item.dry_run && !live && (
        <div role="status">
          <p>{t('imports.dryRunDone')}</p>
          <Counts result={item.dry_run} />
        </div>
      )}
      {item.dry_run && !live && <FirstErrors result={item.dry_run} object={item.object} limit={5} />}
    </section>
  )
}

const actionColours = { create: 'green', update: 'blue', unchanged: 'grey', error: 'red' } as const

function PreviewTable({ item, meta, rows }: { item: Import; meta: ObjectDetail; rows: PreviewRow[] }) {
  const { t } = useTranslation()
  const known = fieldsByName(meta)
  const fields = (item.mapping?.columns ?? [])
    .map((column) => known.get(column.field))
    .filter((field) => field !== undefined)
  return (
    <div className="wide-scroll" tabIndex={0}>
      <table className="plain-table preview-table">
        <thead>
          <tr>
            <th scope="col">{t('imports.row')}</th>
            <th scope="col">{t('imports.action')}</th>
            {fields.map((field) => (
              <th key={field.name} scope="col">
                {field.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              <th scope="row">{row.row}</th>
              <td>
                <Tag color={actionColours[row.action]} dot>
                  {t(`imports.actions.${row.action}`)}
                </Tag>
              </td>
              {fields.map((field) => {
                const wrong = row.errors.find((error) => error.field === field.name)
                const value = row.values[field.name]
                return (
                  <td key={field.name} className={wrong ? 'wrong' : undefined} title={wrong?.message}>
                    {wrong ? (
                      wrong.message
                    ) : isEmpty(value) ? (
                      ''
                    ) : (
                      <Value field={field} record={row.values} mode="cell" />
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
