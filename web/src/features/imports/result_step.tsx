// What an import did: its counts, the file of rows that failed, and the way to take it all back.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { importErrorsUrl, undoImport } from '../../api/commands.ts'
import { jobQuery } from '../../api/page_queries.ts'
import type { Import, ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { refreshRecords, useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Progress } from '../../ui/feedback.tsx'
import { Counts, FirstErrors } from './counts.tsx'

interface ResultProps {
  item: Import
  meta: ObjectDetail
  onChanged: () => Promise<void>
}

export function ResultStep({ item, meta, onChanged }: ResultProps) {
  const { t } = useTranslation()
  const { result } = item
  const titles = {
    done: 'done',
    failed: 'failed',
    cancelled: 'cancelled',
    undone: 'undone',
    mapping: 'done',
    running: 'done',
  } as const
  return (
    <div className="page-scroll wizard-body">
      <h2>{t(`imports.${titles[item.state]}`)}</h2>
      {item.state === 'cancelled' && <p>{t('imports.cancelledWhy')}</p>}
      {item.state === 'undone' && <p>{t('imports.undoneWhy')}</p>}
      {item.state === 'failed' && <FailedWhy jobId={item.job_id ?? null} />}
      {result && <Counts result={result} />}
      <div className="result-actions">
        <Link
          className="btn btn-primary"
          to="/o/$object"
          params={{ object: item.object }}
          search={{ sort: [{ field: 'created_at', desc: true }] }}
        >
          {t('imports.openList', { object: meta.label_plural })}
        </Link>
        <Link className="btn btn-outline" to="/imports" search={{ object: item.object }}>
          {t('imports.another')}
        </Link>
        {result?.change_set && result.created + result.updated > 0 && (
          <Undo item={item} onChanged={onChanged} />
        )}
      </div>
      {result && result.failed > 0 && (
        <p className="result-actions">
          <a className="btn btn-outline" href={importErrorsUrl(item.id)} download>
            <Download size={14} aria-hidden />
            {t('imports.errorFile')}
          </a>
          <span className="form-help">{t('imports.errorFileHint')}</span>
        </p>
      )}
      {result && <FirstErrors result={result} object={item.object} />}
    </div>
  )
}

function FailedWhy({ jobId }: { jobId: string | null }) {
  const { data: job } = useQuery(jobQuery(jobId))
  if (!job?.error) return null
  return (
    <p className="banner banner-danger" role="alert">
      {job.error.detail ?? job.error.title}
    </p>
  )
}

/** The button, while it runs how far it is, and at the end what it took back and what it left. */
function Undo({ item, onChanged }: Omit<ResultProps, 'meta'>) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [asking, setAsking] = useState(false)
  const [jobId, setJobId] = useState<string | null>(null)
  const { data: job } = useQuery(jobQuery(jobId))
  const live = jobId !== null && (!job || job.state === 'queued' || job.state === 'running')
  const ended = jobId !== null && !live
  useEffect(() => {
    if (!ended) return
    void onChanged()
    void refreshRecords(client)
  }, [ended, onChanged, client])
  const start = async () => {
    setAsking(false)
    try {
      setJobId((await undoImport(item.id)).id)
    } catch (error) {
      onError(error)
    }
  }
  const listed = Array.isArray(job?.result?.conflicts) ? job.result.conflicts.length : 0
  const conflicts = typeof job?.result?.conflict_count === 'number' ? job.result.conflict_count : listed
  const reverted = typeof job?.result?.reverted === 'number' ? job.result.reverted : null
  return (
    <>
      {item.state !== 'undone' && (
        <Button icon={<Undo2 size={14} aria-hidden />} disabled={live} onClick={() => setAsking(true)}>
          {t('imports.undo')}
        </Button>
      )}
      {live && <Progress label={t('imports.undoing')} done={job?.done ?? 0} total={job?.total ?? null} />}
      {job?.state === 'failed' && (
        <span className="form-error" role="alert">
          {job.error?.detail ?? job.error?.title}
        </span>
      )}
      {reverted !== null && (
        <span role="status">
          {t('imports.reverted', { count: reverted, value: reverted.toLocaleString(language) })}
          {conflicts > 0 && <> {t('imports.conflicts', { count: conflicts })}</>}
        </span>
      )}
      {asking && (
        <ConfirmDialog
          title={t('imports.undoTitle')}
          text={t('imports.undoWhy', {
            created: item.result?.created ?? 0,
            updated: item.result?.updated ?? 0,
          })}
          confirm={t('imports.undo')}
          danger
          onConfirm={() => void start()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
