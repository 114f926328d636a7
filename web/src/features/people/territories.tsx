// The tree of territories, who is in each, and which records are opened to it: for administrators.
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Map as MapIcon, Pencil, Plus, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import { idOf } from '../../api/types.ts'
import { useDeleteRecord } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SettingsPage } from '../settings/settings_page.tsx'
import { sharingListQuery } from '../sharing/data.ts'
import { inTerritory, sizesOf, sizesQuery, territoriesQuery } from './data.ts'
import './people.css'
import { rulesFor, type TerritoryRule } from './territory_data.ts'
import { type TreeNode, treeOf } from './tree.ts'
import { Tree } from './tree_view.tsx'

const EditRecord = lazy(() => import('./edit_record.tsx'))
const Members = lazy(() => import('./members.tsx'))
const TerritoryRules = lazy(() => import('./territory_rules.tsx'))

interface Asked {
  what: 'add' | 'edit' | 'delete'
  /** The territory it is about; none for a new one at the top. */
  territory?: TreeNode
}

export default function Territories() {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const territories = useQuery(territoriesQuery)
  const counted = useQuery(sizesQuery(inTerritory))
  const sharing = useQuery(sharingListQuery)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = () => setAsked(null)
  const records = territories.data?.records ?? []
  const tree = treeOf(records)
  const sizes = sizesOf(counted.data, inTerritory)
  const rulesOf = (id: string) => rulesFor(id, sharing.data ?? [])
  const toggle = (id: string) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  const menu = (territory: TreeNode): MenuEntry[] => {
    const ask = (what: Asked['what']) => () => setAsked({ what, territory })
    return [
      { label: t('territories.addBelow'), icon: <Plus size={14} aria-hidden />, onSelect: ask('add') },
      { label: common('positions.edit'), icon: <Pencil size={14} aria-hidden />, onSelect: ask('edit') },
      {
        label: common('common.delete'),
        icon: <Trash2 size={14} aria-hidden />,
        danger: true,
        onSelect: ask('delete'),
      },
    ]
  }
  const add = (
    <Button icon={<Plus size={14} aria-hidden />} onClick={() => setAsked({ what: 'add' })}>
      {t('territories.add')}
    </Button>
  )
  return (
    <SettingsPage
      title={t('territories.title')}
      intro={t('territories.intro')}
      error={territories.error ?? sharing.error}
      loaded={territories.data !== undefined && sharing.data !== undefined}
      actions={tree.length > 0 && add}
    >
      {me?.organisation.record_scope === 'all' && <p className="banner">{common('sharing.allOpen')}</p>}
      {tree.length === 0 ? (
        <Empty
          icon={<MapIcon size={28} aria-hidden />}
          title={t('territories.empty')}
          why={t('territories.emptyWhy')}
          action={add}
        />
      ) : (
        <Tree
          label={t('territories.title')}
          tree={tree}
          menu={menu}
          aside={({ id, name }) => (
            <button
              type="button"
              className="position-open"
              aria-expanded={open.has(id)}
              onClick={() => toggle(id)}
            >
              <span className="sr-only">
                {t('territories.show', { name })}
                {common('common.colon')}
              </span>
              {common('groups.members', { count: sizes.get(id) ?? 0 })}
              {' · '}
              {t('territories.ruleCount', { count: rulesOf(id).length })}
              {open.has(id) ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
            </button>
          )}
          panel={(territory) =>
            open.has(territory.id) && (
              <Panel
                territory={territory}
                description={String(
                  records.find((record) => idOf(record) === territory.id)?.description ?? '',
                )}
                rules={rulesOf(territory.id)}
              />
            )
          }
        />
      )}
      <Suspense>{asked && <Answer asked={asked} rulesOf={rulesOf} close={close} />}</Suspense>
    </SettingsPage>
  )
}

interface PanelProps {
  territory: TreeNode
  description: string
  rules: TerritoryRule[]
}

function Panel({ territory, description, rules }: PanelProps) {
  const { t } = useTranslation('security')
  const { id, name } = territory
  return (
    <div className="territory">
      {description && <p>{description}</p>}
      <section className="stack" aria-label={t('territories.membersOf', { name })}>
        <h2>{t('territories.members')}</h2>
        <Suspense fallback={<SkeletonLines count={2} />}>
          <Members membership={inTerritory} of={id} />
        </Suspense>
      </section>
      <section className="stack" aria-label={t('territories.rulesOf', { name })}>
        <h2>{t('territories.rules')}</h2>
        <Suspense fallback={<SkeletonLines count={2} />}>
          <TerritoryRules territory={territory} rules={rules} />
        </Suspense>
      </section>
    </div>
  )
}

interface AnswerProps {
  asked: Asked
  rulesOf: (id: string) => TerritoryRule[]
  close: () => void
}

function Answer({ asked: { what, territory }, rulesOf, close }: AnswerProps) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const remove = useDeleteRecord()
  if (!territory || what === 'add') {
    const defaults = territory && { parent_id: territory.id, parent: { name: territory.name } }
    return <EditRecord object="territory" defaults={defaults} onClose={close} />
  }
  const { id, name } = territory
  if (what === 'edit') return <EditRecord object="territory" id={id} onClose={close} />
  const rules = rulesOf(id).length
  return (
    <ConfirmDialog
      title={t('territories.deleteTitle', { name })}
      text={[t('territories.deleteWhy'), rules > 0 && t('territories.deleteRules', { count: rules })]
        .filter(Boolean)
        .join(' ')}
      confirm={common('common.delete')}
      danger
      onConfirm={() => {
        close()
        void remove('territory', id, name)
      }}
      onClose={close}
    />
  )
}
