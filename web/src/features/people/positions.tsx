// The tree of positions with the people who hold them: for administrators.
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Ellipsis, Network, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordData } from '../../api/types.ts'
import { useDeleteRecord } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/feedback.tsx'
import { Menu } from '../../ui/menu.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import { holdersQuery, positionsQuery } from './data.ts'
import './people.css'
import { grouped, type Position, treeOf } from './tree.ts'

const EditRecord = lazy(() => import('./edit_record.tsx'))
const PeopleDialog = lazy(() => import('./people_dialog.tsx'))

interface Asked {
  what: 'add' | 'edit' | 'people' | 'delete'
  /** The position it is about; none for a new one at the top. */
  position?: Position
}

export default function Positions() {
  const { t } = useTranslation()
  const positions = useQuery(positionsQuery)
  const holders = useQuery(holdersQuery)
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = () => setAsked(null)
  const tree = treeOf(positions.data?.records ?? [])
  const people = grouped(holders.data?.records ?? [], 'position_id')
  const add = (
    <Button icon={<Plus size={14} aria-hidden />} onClick={() => setAsked({ what: 'add' })}>
      {t('positions.add')}
    </Button>
  )
  return (
    <SettingsPage
      title={t('positions.title')}
      intro={t('positions.intro')}
      error={positions.error ?? holders.error}
      loaded={positions.data !== undefined && holders.data !== undefined}
      actions={tree.length > 0 && add}
    >
      {tree.length === 0 ? (
        <Empty
          icon={<Network size={28} aria-hidden />}
          title={t('positions.empty')}
          why={t('positions.emptyWhy')}
          action={add}
        />
      ) : (
        <ul className="positions" aria-label={t('positions.tree')}>
          {tree.map((position) => (
            <Branch key={position.id} position={position} people={people} onAsk={setAsked} />
          ))}
        </ul>
      )}
      <Suspense>{asked && <Answer asked={asked} people={people} close={close} />}</Suspense>
    </SettingsPage>
  )
}

function Answer({
  asked: { what, position },
  people,
  close,
}: {
  asked: Asked
  people: Map<string, RecordData[]>
  close: () => void
}) {
  const { t } = useTranslation()
  const remove = useDeleteRecord()
  if (!position || what === 'add') {
    const defaults = position && { parent_id: position.id, parent: { name: position.name } }
    return <EditRecord object="position" defaults={defaults} onClose={close} />
  }
  const { id, name } = position
  if (what === 'edit') return <EditRecord object="position" id={id} onClose={close} />
  if (what === 'people') {
    return <PeopleDialog position={position} people={people.get(id) ?? []} onClose={close} />
  }
  return (
    <ConfirmDialog
      title={t('positions.deleteTitle', { name })}
      text={t('positions.deleteWhy')}
      confirm={t('common.delete')}
      danger
      onConfirm={() => {
        close()
        void remove('position', id, name)
      }}
      onClose={close}
    />
  )
}

interface BranchProps {
  position: Position
  people: Map<string, RecordData[]>
  onAsk: (asked: Asked) => void
}

/** How many people are named in the row. */
const named = 4

function Branch({ position, people, onAsk }: BranchProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(true)
  const { id, name, below } = position
  const holders = people.get(id) ?? []
  const names = holders
    .slice(0, named)
    .map((person) => String(person.name))
    .join(t('common.comma'))
  const rest = holders.length - named
  const ask = (what: Asked['what']) => () => onAsk({ what, position })
  return (
    <li>
      <div className="position-row">
        {below.length > 0 ? (
          <button
            type="button"
            className="btn btn-icon btn-small"
            aria-expanded={open}
            aria-label={open ? t('positions.close', { name }) : t('positions.open', { name })}
            onClick={() => setOpen(!open)}
          >
            {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          </button>
        ) : (
          <span className="position-leaf" />
        )}
        <span className="position-name">{name}</span>
        <span className="form-help position-people">
          {holders.length > 0 ? t('positions.count', { count: holders.length }) : t('positions.nobody')}
          {names && `${t('common.colon')}${names}`}
          {rest > 0 && ` ${t('positions.more', { count: rest })}`}
        </span>
        <Menu
          label={t('positions.actions', { name })}
          align="end"
          items={[
            {
              label: t('positions.addBelow'),
              icon: <Plus size={14} aria-hidden />,
              onSelect: ask('add'),
            },
            { label: t('positions.people'), icon: <Users size={14} aria-hidden />, onSelect: ask('people') },
            { label: t('positions.edit'), icon: <Pencil size={14} aria-hidden />, onSelect: ask('edit') },
            {
              label: t('common.delete'),
              icon: <Trash2 size={14} aria-hidden />,
              danger: true,
              onSelect: ask('delete'),
            },
          ]}
          trigger={(props) => (
            <button
              type="button"
              className="btn btn-icon btn-small"
              aria-label={t('positions.actions', { name })}
              title={t('positions.actions', { name })}
              {...props}
            >
              <Ellipsis size={16} aria-hidden />
            </button>
          )}
        />
      </div>
      {open && below.length > 0 && (
        <ul>
          {below.map((inner) => (
            <Branch key={inner.id} position={inner} people={people} onAsk={onAsk} />
          ))}
        </ul>
      )}
    </li>
  )
}
