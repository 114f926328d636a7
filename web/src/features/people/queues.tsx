// Queues: what owns records until somebody takes them. For administrators.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Inbox, Pencil, Plus, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { idOf, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { queuesQuery } from '../../records/queues/data.ts'
import { useDeleteRecord } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/feedback.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import './people.css'
import type { Queue } from './queue_dialog.tsx'

const QueueDialog = lazy(() => import('./queue_dialog.tsx'))

function queueOf(record: RecordData): Queue {
  const { served_by_id, served_by } = record
  const id = String(served_by_id)
  const name = String((served_by as RecordData | null | undefined)?.name ?? id)
  return { id: idOf(record), name: String(record.name ?? ''), servedBy: { id, name } }
}

type Asked = { what: 'add' } | { what: 'edit' | 'delete'; queue: Queue }

export default function Queues() {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { prefixes } = useFieldSettings()
  const remove = useDeleteRecord()
  const { data, error } = useQuery({ ...queuesQuery, refetchOnMount: 'always' })
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = () => setAsked(null)
  const queues = data?.records.map(queueOf) ?? []
  const add = (
    <Button icon={<Plus size={14} aria-hidden />} onClick={() => setAsked({ what: 'add' })}>
      {t('queues.add')}
    </Button>
  )
  return (
    <SettingsPage
      title={t('queues.title')}
      intro={t('queues.intro')}
      error={error}
      loaded={data !== undefined}
      actions={queues.length > 0 && add}
    >
      {queues.length === 0 ? (
        <Empty
          icon={<Inbox size={28} aria-hidden />}
          title={t('queues.empty')}
          why={t('queues.emptyWhy')}
          action={add}
        />
      ) : (
        <ul className="groups" aria-label={t('queues.title')}>
          {queues.map((queue) => {
            const { id, name, servedBy } = queue
            return (
              <li key={id} className="group-row queue-row">
                <Inbox size={15} aria-hidden />
                <span className="queue-text">
                  <Link className="position-name" to="/o/$object/$id" params={{ object: 'user', id }}>
                    {name}
                  </Link>
                  <span className="form-help">
                    {t('queues.servedBy', {
                      name: servedBy.name,
                      kind: prefixes.get(servedBy.id.slice(0, 3))?.label,
                    })}
                  </span>
                </span>
                <IconButton
                  small
                  label={t('queues.edit', { name })}
                  onClick={() => setAsked({ what: 'edit', queue })}
                >
                  <Pencil size={14} aria-hidden />
                </IconButton>
                <IconButton
                  small
                  label={t('queues.delete', { name })}
                  onClick={() => setAsked({ what: 'delete', queue })}
                >
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              </li>
            )
          })}
        </ul>
      )}
      <Suspense>
        {asked?.what === 'add' && <QueueDialog onClose={close} />}
        {asked?.what === 'edit' && <QueueDialog queue={asked.queue} onClose={close} />}
      </Suspense>
      {asked?.what === 'delete' && (
        <ConfirmDialog
          title={t('queues.deleteTitle', { name: asked.queue.name })}
          text={t('queues.deleteWhy')}
          confirm={common('common.delete')}
          danger
          onConfirm={() => {
            close()
            void remove('user', asked.queue.id, asked.queue.name)
          }}
          onClose={close}
        />
      )}
    </SettingsPage>
  )
}
