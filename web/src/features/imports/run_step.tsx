// The import while it runs: how far it is, and a way to stop it. It survives leaving this page.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelJob } from '../../api/commands.ts'
import { jobQuery } from '../../api/page_queries.ts'
import type { Import } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { refreshRecords, useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Progress } from '../../ui/feedback.tsx'

export function RunStep({ item, onEnd }: { item: Import; onEnd: () => Promise<void> }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const { data: job } = useQuery(jobQuery(item.job_id ?? null))
  const ended = job !== undefined && job.state !== 'queued' && job.state !== 'running'
  useEffect(() => {
    if (!ended) return
    void onEnd()
    void refreshRecords(client)
    const again = setInterval(() => void onEnd(), 1000)
    return () => clearInterval(again)
  }, [ended, onEnd, client])
  const title = job?.state === 'queued' ? t('imports.queued') : t('imports.running')
  const count = (value: number) => value.toLocaleString(language)
  return (
    <div className="page-scroll wizard-body wizard-run">
      <h2>{title}</h2>
      <Progress label={title} done={job?.done ?? 0} total={job?.total ?? null} />
      <p role="status" className="figure">
        {job?.total ? t('imports.progress', { done: count(job.done), total: count(job.total) }) : ''}
      </p>
      <Button disabled={!job || ended} onClick={() => job && void cancelJob(job.id).catch(onError)}>
        {t('imports.cancel')}
      </Button>
    </div>
  )
}
