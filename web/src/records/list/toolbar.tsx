// What stands above a list or board: search, filter, sort, columns, layout.
import { ArrowUpDown, CalendarDays, Columns3, Funnel, Kanban, List, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail } from '../../api/types.ts'
import { countConditions } from '../../lib/filter.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Button, Segmented } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import { ColumnsPicker } from './columns_picker.tsx'
import { FilterBuilder } from './filter_builder.tsx'
import type { ListSearch } from './search.ts'
import { SortEditor } from './sort_editor.tsx'
import type { ListState } from './state.ts'

interface ToolbarProps {
  meta: ObjectDetail
  state: ListState
  change: (part: ListSearch) => void
}

export function Toolbar({ meta, state, change }: ToolbarProps) {
  const { t } = useTranslation()
  const conditions = countConditions(state.filter)
  return (
    <div className="toolbar">
      <SearchBox
        label={t('list.search', { object: meta.label_plural })}
        value={state.q}
        onChange={(q) => change({ q })}
      />
      <Popover
        label={t('filter.title')}
        trigger={(props) => (
          <Button {...props} variant="plain" icon={<Funnel size={14} aria-hidden />}>
            <span aria-hidden>{t('list.filter')}</span>
            {conditions > 0 && (
              <span className="badge" aria-hidden>
                {conditions}
              </span>
            )}
            <span className="sr-only">
              {conditions ? t('list.filterCount', { count: conditions }) : t('list.filter')}
            </span>
          </Button>
        )}
      >
        {() => <FilterBuilder meta={meta} filter={state.filter} onChange={(filter) => change({ filter })} />}
      </Popover>
      <Popover
        label={t('list.sort')}
        trigger={(props) => (
          <Button {...props} variant="plain" icon={<ArrowUpDown size={14} aria-hidden />}>
            {t('list.sort')}
            {state.sort.length > 0 && <span className="badge">{state.sort.length}</span>}
          </Button>
        )}
      >
        {() => <SortEditor meta={meta} sort={state.sort} onChange={(sort) => change({ sort })} />}
      </Popover>
      <Popover
        label={t('list.columns')}
        trigger={(props) => (
          <Button
            {...props}
            variant="plain"
            className="columns-button"
            icon={<Columns3 size={14} aria-hidden />}
          >
            {t('list.columns')}
          </Button>
        )}
      >
        {() => (
          <ColumnsPicker meta={meta} columns={state.columns} onChange={(columns) => change({ columns })} />
        )}
      </Popover>
      <span className="spring" />
      {(state.groupBy || state.date) && (
        <Segmented
          label={t('list.mode')}
          value={state.kind}
          onChange={(kind) => change({ kind })}
          options={[
            { value: 'list' as const, label: t('list.table'), icon: <List size={14} aria-hidden /> },
            ...(state.groupBy
              ? [{ value: 'board' as const, label: t('list.board'), icon: <Kanban size={14} aria-hidden /> }]
              : []),
            ...(state.date
              ? [
                  {
                    value: 'calendar' as const,
                    label: t('calendar.name'),
                    icon: <CalendarDays size={14} aria-hidden />,
                  },
                ]
              : []),
          ]}
        />
      )}
    </div>
  )
}

interface SearchBoxProps {
  label: string
  value: string
  onChange: (text: string) => void
}

/** Searches a moment after the last key, and not in the middle of a composition. */
function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const [composing, setComposing] = useState(false)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (composing || typed === value) return
    const timer = setTimeout(() => onChange(typed), 250)
    return () => clearTimeout(timer)
  }, [typed, composing, value, onChange])
  return (
    <span className="list-search">
      <Search size={14} aria-hidden />
      <input
        className="input"
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !isComposing(event)) onChange(typed)
        }}
      />
    </span>
  )
}
