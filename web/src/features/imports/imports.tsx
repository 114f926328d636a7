// Where imports begin: choose what and the file; below, every import there has been.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { FileUp, Import as ImportIcon } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createImport } from '../../api/commands.ts'
import { importsQuery } from '../../api/page_queries.ts'
import { meQuery, objectsQuery } from '../../api/queries.ts'
import type { Import } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import AskAdmins from '../../records/ask_admins.tsx'
import { useErrorToast } from '../../records/writes.ts'
import { Empty, Progress, SkeletonLines } from '../../ui/feedback.tsx'
import { FormRow } from '../../ui/form.tsx'
import { Tag } from '../../ui/tag.tsx'
import './imports.css'

const colours: Record<Import['state'], string> = {
  mapping: 'grey',
  running: 'blue',
  done: 'green',
  failed: 'red',
  cancelled: 'grey',
  undone: 'amber',
}

export default function Imports({ object }: { object?: string }) {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <span className="object-badge">
          <ImportIcon size={16} aria-hidden />
        </span>
        <h1>{t('imports.title')}</h1>
      </header>
      {me && !me.rights.import ? (
        <Empty title={t('imports.notAllowed')}>
          <AskAdmins />
        </Empty>
      ) : (
        <div className="page-scroll imports">
          <Upload object={object} />
          <History />
        </div>
      )}
    </div>
  )
}

function Upload({ object: wanted }: { object?: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const onError = useErrorToast()
  const { data: objects } = useQuery(objectsQuery)
  const offered = (objects ?? []).filter((item) => item.rights.create)
  const [chosen, setChosen] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const first = offered.find((item) => item.in_navigation && item.module === 'customers') ?? offered[0]
  const object = chosen ?? wanted ?? first?.name ?? ''
  const upload = useMutation({
    mutationFn: (file: File) => createImport(object, file),
    onSuccess: async (made) => {
      client.setQueryData(['import', made.id], made)
      void client.invalidateQueries({ queryKey: ['imports'] })
      await navigate({ to: '/imports/$id', params: { id: made.id } })
    },
    onError,
  })
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file && object) upload.mutate(file)
  }
  return (
    <section className="upload" aria-label={t('imports.newImport')}>
      <FormRow id="import-object" label={t('imports.object')}>
        <select
          id="import-object"
          className="input"
          value={object}
          onChange={(event) => setChosen(event.target.value)}
        >
          {offered.map((item) => (
            <option key={item.name} value={item.name}>
              {item.label}
            </option>
          ))}
        </select>
      </FormRow>
      <label
        className={`drop-zone ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take(event.dataTransfer.files)
        }}
      >
        <FileUp size={24} aria-hidden />
        <strong>{t('imports.dropFile')}</strong>
        <span>{t('imports.fileTypes')}</span>
        <input
          type="file"
          className="sr-only"
          aria-label={t('imports.chooseFile')}
          accept=".csv,.tsv,.txt,.xlsx,.vcf"
          disabled={upload.isPending}
          onChange={(event) => {
            take(event.target.files)
            event.target.value = ''
          }}
        />
      </label>
      {upload.isPending && (
        <div role="status">
          {t('imports.uploading', { name: upload.variables.name })}
          <Progress label={t('imports.uploading', { name: upload.variables.name })} done={0} total={null} />
        </div>
      )}
    </section>
  )
}

function History() {
  const { t } = useTranslation()
  const { objects, language, timeZone } = useFieldSettings()
  const { data: imports } = useQuery(importsQuery)
  return (
    <section aria-label={t('imports.history')}>
      <h2>{t('imports.history')}</h2>
      {!imports ? (
        <SkeletonLines count={4} />
      ) : imports.length === 0 ? (
        <Empty title={t('imports.historyEmpty')} why={t('imports.historyWhy')} />
      ) : (
        <ul className="import-list">
          {imports.map((item) => (
            <li key={item.id}>
              <Link to="/imports/$id" params={{ id: item.id }} className="import-item">
                <strong className="ellipsis">{item.file_name}</strong>
                <span>{objects.get(item.object)?.label ?? item.object}</span>
                <span className="spring" />
                {item.result && (
                  <span className="form-help">
                    {t('imports.counts.created')} {item.result.created} · {t('imports.counts.updated')}{' '}
                    {item.result.updated} · {t('imports.counts.failed')} {item.result.failed}
                  </span>
                )}
                <Tag color={colours[item.state]} dot>
                  {t(`imports.states.${item.state}`)}
                </Tag>
                <time dateTime={item.created_at}>{formatRelative(item.created_at, language, timeZone)}</time>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
