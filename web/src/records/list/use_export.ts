// Runs an export: starts the job, waits for it, offers the file.
import { useTranslation } from 'react-i18next'
import { createExport, exportFileUrl, getJob } from '../../api/commands.ts'
import { quote } from '../../lib/soql.ts'
import { showError, showToast } from '../../ui/toast.tsx'
import { useErrorToast } from '../writes.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function download(url: string) {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}

type Format = Parameters<typeof createExport>[1]

/** Exports the records of a query to a file. */
export function useExport() {
  const { t } = useTranslation()
  const onError = useErrorToast()
  return async (query: string, format: Format, title: string) => {
    try {
      let job = await createExport(query, format, title)
      showToast(t('list.exportStarted'))
      while (job.state === 'queued' || job.state === 'running') {
        await pause(500)
        job = await getJob(job.id)
      }
      if (job.state !== 'succeeded') return showError(job.error?.detail ?? t('list.exportFailed'))
      const url = exportFileUrl(job.id)
      download(url)
      showToast(t('list.exportReady'), { label: t('common.download'), run: () => download(url) })
    } catch (error) {
      onError(error)
    }
  }
}

/** A query for these records; what of them is exported, the format says. */
export const recordsByIds = (object: string, ids: string[]) =>
  `SELECT id FROM ${object} WHERE id IN (${ids.map(quote).join(', ')})`
