// Public groups and who is in them: for administrators.
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Pencil, Plus, Trash2, UsersRound } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { idOf, type RecordData } from '../../api/types.ts'
import { useDeleteRecord } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { SearchBox } from '../roles/search_box.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import { groupsQuery, inGroup, sizesOf, sizesQuery } from './data.ts'
import './people.css'

const EditRecord = lazy(() => import('./edit_record.tsx'))
const Members = lazy(() => import('./members.tsx'))

interface Group {
  id: string
  name: string
  description: string
  size: number
}

function groupOf(record: RecordData, sizes: Map<string, number>): Group {
  const id = idOf(record)
  const { name, description } = record
  return { id, name: String(name ?? ''), description: String(description ?? ''), size: sizes.get(id) ?? 0 }
}

type Asked = { what: 'add' } | { what: 'edit' | 'delete'; group: Group }

export default function Groups() {
  const { t } = useTranslation()
  const remove = useDeleteRecord()
  const { data, error } = useQuery(groupsQuery)
  const counted = useQuery(sizesQuery(inGroup))
  const [asked, setAsked] = useState<Asked | null>(null)
  const [text, setText] = useState('')
  const close = () => setAsked(null)
  const sizes = sizesOf(counted.data, inGroup)
  const groups = (data?.records ?? []).map((record) => groupOf(record, sizes))
  const wanted = text.trim().toLowerCase()
  const found = groups.filter(({ name }) => name.toLowerCase().includes(wanted))
  const add = (
    <Button icon={<Plus size={14} aria-hidden />} onClick={() => setAsked({ what: 'add' })}>
      {t('groups.add')}
    </Button>
  )
  return (
    <SettingsPage
      title={t('groups.title')}
      intro={t('groups.intro')}
      error={error}
      loaded={data !== undefined}
      actions={groups.length > 0 && add}
    >
      {groups.length === 0 ? (
        <Empty
          icon={<UsersRound size={28} aria-hidden />}
          title={t('groups.empty')}
          why={t('groups.emptyWhy')}
          action={add}
        />
      ) : (
        <>
          <SearchBox label={t('groups.search')} value={text} onChange={setText} />
          <ul className="groups" aria-label={t('groups.title')}>
            {found.map((group) => (
              <GroupRow key={group.id} group={group} onAsk={setAsked} />
            ))}
          </ul>
          {found.length === 0 && <p className="form-help">{t('groups.noMatch')}</p>}
        </>
      )}
      <Suspense>
        {asked?.what === 'add' && <EditRecord object="public_group" onClose={close} />}
        {asked?.what === 'edit' && <EditRecord object="public_group" id={asked.group.id} onClose={close} />}
      </Suspense>
      {asked?.what === 'delete' && (
        <ConfirmDialog
          title={t('groups.deleteTitle', { name: asked.group.name })}
          text={t('groups.deleteWhy')}
          confirm={t('common.delete')}
          danger
          onConfirm={() => {
            close()
            void remove('public_group', asked.group.id, asked.group.name)
          }}
          onClose={close}
        />
      )}
    </SettingsPage>
  )
}

function GroupRow({ group, onAsk }: { group: Group; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { id, name, description, size } = group
  const panel = `members-${id}`
  return (
    <li>
      <div className="group-row">
        <button
          type="button"
          className="group-open"
          aria-expanded={open}
          aria-controls={open ? panel : undefined}
          onClick={() => setOpen(!open)}
        >
          {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          <span className="position-name">{name}</span>
          <span className="form-help">{t('groups.members', { count: size })}</span>
        </button>
        <IconButton small label={t('groups.edit', { name })} onClick={() => onAsk({ what: 'edit', group })}>
          <Pencil size={14} aria-hidden />
        </IconButton>
        <IconButton
          small
          label={t('groups.delete', { name })}
          onClick={() => onAsk({ what: 'delete', group })}
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
      {open && (
        <section id={panel} className="group-members stack" aria-label={t('groups.membersOf', { name })}>
          {description && <p>{description}</p>}
          <Suspense fallback={<SkeletonLines count={2} />}>
            <Members membership={inGroup} of={id} />
          </Suspense>
        </section>
      )}
    </li>
  )
}
