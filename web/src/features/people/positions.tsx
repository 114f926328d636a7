// The tree of positions with the people who hold them: for administrators.
import { useQuery } from '@tanstack/react-query'
import { Network, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordData } from '../../api/types.ts'
import { useDeleteRecord } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/feedback.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import { holdersQuery, positionsQuery } from './data.ts'
import './people.css'
import { grouped, type TreeNode, treeOf } from './tree.ts'
import { Tree } from './tree_view.tsx'

const EditRecord = lazy(() => import('./edit_record.tsx'))
const PeopleDialog = lazy(() => import('./people_dialog.tsx'))

interface Asked {
  what: 'add' | 'edit' | 'people' | 'delete'
  /** The position it is about; none for a new one at the top. */
  position?: TreeNode
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
  const menu = (position: TreeNode): MenuEntry[] => {
    const ask = (what: Asked['what']) => () => setAsked({ what, position })
    return [
      { label: t('positions.addBelow'), icon: <Plus size={14} aria-hidden />, onSelect: ask('add') },
      { label: t('positions.people'), icon: <Users size={14} aria-hidden />, onSelect: ask('people') },
      { label: t('positions.edit'), icon: <Pencil size={14} aria-hidden />, onSelect: ask('edit') },
      {
        label: t('common.delete'),
        icon: <Trash2 size={14} aria-hidden />,
        danger: true,
        onSelect: ask('delete'),
      },
    ]
  }
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
        <Tree
          label={t('positions.tree')}
          tree={tree}
          aside={({ id }) => <Holders people={people.get(id) ?? []} />}
          menu={menu}
        />
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

/** How many people are named in the row. */
const named = 4

function Holders({ people }: { people: RecordData[] }) {
  const { t } = useTranslation()
  const names = people
    .slice(0, named)
    .map((person) => String(person.name))
    .join(t('common.comma'))
  const rest = people.length - named
  return (
    <span className="form-help position-people">
      {people.length > 0 ? t('positions.count', { count: people.length }) : t('positions.nobody')}
      {names && `${t('common.colon')}${names}`}
      {rest > 0 && ` ${t('positions.more', { count: rest })}`}
    </span>
  )
}
