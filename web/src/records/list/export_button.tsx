// Exports what the list shows: starts the job, waits for it, offers the file.
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { createExport, exportFileUrl, getJob } from '../../api/commands.ts'
import { Menu } from '../../ui/menu.tsx'
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

export function ExportButton({ query, title }: { query: () => string; title: string }) {
  const { t } = useTranslation()
  const onError = useErrorToast()
  const start = async (format: 'csv' | 'xlsx') => {
    try {
      let job = await createExport(query(), format, title)
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
  return (
    <Menu
      label={t('list.export')}
      align="end"
      items={[
        { label: t('list.exportCsv'), onSelect: () => void start('csv') },
        { label: t('list.exportXlsx'), onSelect: () => void start('xlsx') },
      ]}
      trigger={(props) => (
        <button
          type="button"
          className="btn btn-icon"
          aria-label={t('list.export')}
          title={t('list.export')}
          {...props}
        >
          <Download size={16} aria-hidden />
        </button>
      )}
    />
  )
}
