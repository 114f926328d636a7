// Long work: what runs, what has run, and how to stop it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cancelJob, exportFileUrl } from '../../api/commands.ts'
import { jobsQuery } from '../../api/page_queries.ts'
import type { Job } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, Progress, SkeletonLines } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { showToast } from '../../ui/toast.tsx'
import { jobKindKey } from './kinds.ts'

const colours: Record<Job['state'], string> = {
  queued: 'grey',
  running: 'blue',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'grey',
}

export default function Jobs() {
  const { t } = useTranslation()
  const { data: jobs } = useQuery(jobsQuery)
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <span className="object-badge">
          <ListChecks size={16} aria-hidden />
        </span>
        <h1>{t('jobs.title')}</h1>
      </header>
      <div className="page-scroll" tabIndex={0}>
        {!jobs ? (
          <SkeletonLines />
        ) : jobs.length === 0 ? (
          <Empty
            icon={<ListChecks size={28} aria-hidden />}
            title={t('jobs.empty')}
            why={t('jobs.emptyWhy')}
          />
        ) : (
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('jobs.job')}</th>
                <th scope="col">{t('jobs.state')}</th>
                <th scope="col">{t('jobs.progress')}</th>
                <th scope="col">{t('jobs.started')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {jobs.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  )
}

/** Of an undo: how many changes it took back, and how many stay because somebody changed them since. */
function TakenBack({ job }: { job: Job }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const { reverted, conflict_count: kept } = job.result ?? {}
  if (typeof reverted !== 'number') return null
  return (
    <div className="form-help">
      {typeof kept === 'number' && kept > 0
        ? t('bulk.undonePartly', { count: reverted, kept })
        : t('jobs.reverted', { count: reverted, value: reverted.toLocaleString(language) })}
    </div>
  )
}

function JobRow({ job }: { job: Job }) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: () => {
      showToast(t('jobs.cancelled'))
      return client.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError,
  })
  const live = job.state === 'queued' || job.state === 'running'
  const count = (value: number) => value.toLocaleString(language)
  const kind = t(`jobs.kinds.${jobKindKey(job.kind)}`)
  return (
    <tr>
      <td>
        {job.title || kind}
        <div className="form-help">{kind}</div>
      </td>
      <td>
        <Tag color={colours[job.state]} dot>
          {t(`jobs.states.${job.state}`)}
        </Tag>
        {job.error && <div className="form-error">{job.error.detail ?? job.error.title}</div>}
      </td>
      <td>
        {live && <Progress label={job.title || kind} done={job.done} total={job.total ?? null} />}
        <span className="figure">
          {job.total ? `${count(job.done)} / ${count(job.total)}` : job.done > 0 ? count(job.done) : ''}
        </span>
        <TakenBack job={job} />
      </td>
      <td>{formatRelative(job.started_at ?? job.created_at, language, timeZone)}</td>
      <td className="end">
        {live && (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('jobs.cancel')}
          </Button>
        )}
        {job.kind === 'export' && job.state === 'succeeded' && (
          <a className="btn btn-outline" href={exportFileUrl(job.id)} download>
            {t('common.download')}
          </a>
        )}
      </td>
    </tr>
  )
}
