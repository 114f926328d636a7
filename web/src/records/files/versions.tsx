// The versions of a file: look at one, download it, make it the newest again.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { sizeText } from '../../lib/files.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import { refreshRecords, useErrorToast } from '../writes.ts'
import { restoreVersion, versionsQuery, versionUrl } from './data.ts'

interface VersionsProps {
  id: string
  name: string
  mayEdit: boolean
  shown: number | undefined
  onShow: (version: number | undefined) => void
}

export function Versions({ id, name, mayEdit, shown, onShow }: VersionsProps) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const client = useQueryClient()
  const onError = useErrorToast()
  const { data } = useQuery(versionsQuery(id))
  const [newest] = data ?? []
  if (!data || !newest || data.length < 2) return null
  const restore = async (version: number) => {
    try {
      const done = await restoreVersion(id, version)
      showToast(t('files.restored', { version, newest: done.version }))
      onShow(undefined)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <section aria-label={t('files.versions')} className="file-versions">
      <h3>{t('files.versions')}</h3>
      <ol reversed>
        {data.map(({ version, size, created_at }) => {
          const isNewest = version === newest.version
          const isShown = version === (shown ?? newest.version)
          return (
            <li key={version}>
              <button
                type="button"
                className="file-name"
                aria-pressed={isShown}
                onClick={() => onShow(isNewest ? undefined : version)}
              >
                {t('files.version', { version })}
              </button>
              <span className="form-help">
                {formatDateTime(created_at, language, timeZone)} · {sizeText(size, language)}
              </span>
              <span className="spring" />
              <a className="link" href={versionUrl(id, version)} download={name}>
                {t('common.download')}
                <span className="sr-only"> {t('files.version', { version })}</span>
              </a>
              {mayEdit && !isNewest && (
                <Button
                  small
                  onClick={() => void restore(version)}
                  aria-label={t('files.restoreVersion', { version })}
                >
                  {t('files.restore')}
                </Button>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
