// The saved views of an object: choose one, and save what has been changed about it.
import { useQueryClient } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createView, deleteView, updateView } from '../../api/commands.ts'
import type { NewView, ObjectDetail, View } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { FormRow } from '../../ui/form.tsx'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useErrorToast } from '../writes.ts'
import type { ListSearch } from './search.ts'
import type { ListState } from './state.ts'

interface ViewsProps {
  meta: ObjectDetail
  views: View[]
  state: ListState
  setSearch: (search: ListSearch) => void
}

type Open = 'save' | 'rename' | 'delete' | null

/** What a view keeps of the state on screen. */
function content(state: ListState, meta: ObjectDetail): Omit<NewView, 'label' | 'scope'> {
  return {
    object: meta.name,
    kind: state.kind,
    columns: state.columns,
    filter: state.filter,
    sort: state.sort,
    widths: Object.fromEntries(Object.entries(state.widths).filter(([name]) => state.columns.includes(name))),
    pinned: Math.min(state.pinned, state.columns.length),
    board: state.kind === 'board' && state.groupBy ? { group_by: state.groupBy, total: state.total } : null,
    calendar: state.kind === 'calendar' && state.date ? { date: state.date } : null,
  }
}

export function ViewSwitcher({ meta, views, state, setSearch }: ViewsProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [open, setOpen] = useState<Open>(null)
  const { view, changed } = state
  const label = view?.label ?? t('list.allRecords', { object: meta.label_plural })

  const finish = async (text: string, next: ListSearch) => {
    setOpen(null)
    await client.invalidateQueries({ queryKey: ['views', meta.name] })
    setSearch(next)
    showToast(text)
  }
  const saveChanges = () => {
    if (!view) return
    updateView(view.id, content(state, meta))
      .then(() => finish(t('list.viewSaved'), { view: view.id }))
      .catch(onError)
  }

  const items: MenuEntry[] = [
    { title: t('list.views') },
    ...views.map((item) => ({
      label: item.label,
      checked: item.id === view?.id,
      hint: t(`list.${item.scope}`),
      onSelect: () => setSearch({ view: item.id }),
    })),
    'line',
    { label: t('list.saveAs'), onSelect: () => setOpen('save') },
  ]
  if (view?.editable && !view.default) {
    const makeDefault = () =>
      void updateView(view.id, { default: true })
        .then(() => finish(t('list.viewSaved'), { view: view.id }))
        .catch(onError)
    items.push({ label: t('grid.openWithView'), onSelect: makeDefault })
  }
  if (view?.editable) {
    items.push({ label: t('list.renameView'), onSelect: () => setOpen('rename') })
    items.push({ label: t('list.deleteView'), danger: true, onSelect: () => setOpen('delete') })
  }
  return (
    <>
      <Menu
        label={t('list.views')}
        items={items}
        trigger={(props) => (
          <button type="button" className="btn btn-plain view-button" {...props}>
            <span className="sr-only">{t('list.view')}: </span>
            <span className="ellipsis">{label}</span>
            <ChevronDown size={14} aria-hidden />
          </button>
        )}
      />
      {changed && (
        <span className="view-changed">
          <span className="tag">{t('list.changed')}</span>
          {view?.editable && (
            <Button variant="plain" onClick={saveChanges}>
              {t('list.saveChanges')}
            </Button>
          )}
          {!view?.editable && (
            <Button variant="plain" onClick={() => setOpen('save')}>
              {t('list.saveView')}
            </Button>
          )}
          <Button variant="plain" onClick={() => setSearch(view ? { view: view.id } : {})}>
            {t('list.discard')}
          </Button>
        </span>
      )}
      {open === 'save' && (
        <ViewDialog
          title={t('list.saveAs')}
          onClose={() => setOpen(null)}
          onSave={(name, scope) => {
            createView({ ...content(state, meta), label: name, scope })
              .then((made) => finish(t('list.viewSaved'), { view: made.id }))
              .catch(onError)
          }}
        />
      )}
      {open === 'rename' && view && (
        <ViewDialog
          title={t('list.renameView')}
          name={view.label}
          scope={view.scope === 'pack' ? 'private' : view.scope}
          onClose={() => setOpen(null)}
          onSave={(name, scope) => {
            updateView(view.id, { label: name, scope })
              .then(() => finish(t('list.viewSaved'), { view: view.id }))
              .catch(onError)
          }}
        />
      )}
      {open === 'delete' && view && (
        <ConfirmDialog
          title={t('list.deleteView')}
          text={view.label}
          confirm={t('common.delete')}
          danger
          onClose={() => setOpen(null)}
          onConfirm={() => {
            deleteView(view.id)
              .then(() => finish(t('list.viewDeleted'), {}))
              .catch(onError)
          }}
        />
      )}
    </>
  )
}

const scopes = ['private', 'team', 'shared'] as const
type Scope = (typeof scopes)[number]

interface ViewDialogProps {
  title: string
  name?: string
  scope?: Scope
  onSave: (name: string, scope: Scope) => void
  onClose: () => void
}

function ViewDialog(props: ViewDialogProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(props.name ?? '')
  const [scope, setScope] = useState<Scope>(props.scope ?? 'private')
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) props.onSave(name.trim(), scope)
        }}
      >
        <FormRow id="view-name" label={t('list.viewName')} required>
          <input
            id="view-name"
            className="input"
            value={name}
            required
            autoFocus
            onChange={(event) => setName(event.target.value)}
          />
        </FormRow>
        <FormRow id="view-scope" label={t('list.viewScope')}>
          <select
            id="view-scope"
            className="input"
            value={scope}
            onChange={(event) => setScope(event.target.value as Scope)}
          >
            {scopes.map((item) => (
              <option key={item} value={item}>
                {t(`list.${item}`)}
              </option>
            ))}
          </select>
        </FormRow>
        <div className="dialog-actions">
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" disabled={!name.trim()}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
