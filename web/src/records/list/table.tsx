// The table of a list, a grid to the keyboard: arrows move from cell to cell, Enter, F2 or typing edits, Space peeks. Only the rows
// in view exist, more pages are fetched as they are scrolled to.
import { type KeyboardEvent, lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useRowHeight } from '../../lib/density.ts'
import type { SortKey } from '../../lib/filter.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { showToast } from '../../ui/toast.tsx'
import { useCellSave } from '../edit/cell_save.ts'
import { isEditable } from '../edit/record_form.tsx'
import { CellEditor, type Move } from './cell_editor.tsx'
import { type Columns, selectionWidth, useColumns } from './columns.ts'
import { type Place, placeOf, useGridFocus } from './grid.ts'
import type { ListSearch } from './search.ts'
import { clampWidth, HeaderCell } from './table_head.tsx'
import { Rows, type Selection } from './table_rows.tsx'
import { type RowPlaces, useAnchor } from './use_anchor.ts'

const ConflictDialog = lazy(() => import('../edit/conflict_dialog.tsx'))

export interface TableProps {
  meta: ObjectDetail
  records: RecordData[]
  /** The query that they answer. */
  question: string
  columns: string[]
  widths: Record<string, number>
  pinned: number
  sort: SortKey[]
  total: number | null
  hasMore: boolean
  loadMore: () => void
  change: (part: ListSearch) => void
  selection: Selection
  onSelection: (change: (was: Selection) => Selection) => void
  peek: string | undefined
  onOpen: (id: string) => void
}

interface Editing {
  place: Place
  /** As it was when editing began, whatever is read meanwhile. */
  record: RecordData
  field: Field
  anchor: HTMLElement
  fresh: boolean
}

/** Types that are not edited in a cell. */
const elsewhere = ['file', 'rich_text', 'auto_number']

export function RecordTable(props: TableProps) {
  const { meta, records, selection, onSelection, change } = props
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const grid = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<Record<string, number> | null>(null)
  const columns = useColumns(meta, props.columns, dragged ?? props.widths, props.pinned)
  const rowHeight = useRowHeight()
  useAnchor(scroller, props.question, records, usePlaces(rowHeight))
  const focus = useGridFocus({ grid, scroller, columns, rows: records.length, rowHeight })
  const [editing, setEditing] = useState<Editing | null>(null)
  const cells = useCellSave(meta)
  const toggle = useCallback((id: string) => onSelection((was) => toggled(was, id)), [onSelection])
  const peek = useCallback((id: string) => change({ peek: id }), [change])

  const edit = (place: Place, fresh: boolean): boolean => {
    const field = columns.fields[place.column - 1]
    const anchor = focus.cellAt(place)
    const allowed = field && meta.rights.edit && isEditable(field) && !elsewhere.includes(field.type)
    const record = records[place.row]
    if (!allowed || !anchor || !record) return false
    // At once, so that the key that began it is typed into the editor.
    flushSync(() => setEditing({ place, record, field, anchor, fresh }))
    return true
  }
  const onKeyDown = useGridKeys({ ...props, columns, focus, edit, toggle })
  const commit = (value: unknown, beside: RecordData, move: Move) => {
    if (!editing) return
    const { place, record, field } = editing
    setEditing(null)
    cells.save({ record, field, value, beside })
    if (move !== 'stay') focus.focus(moved(place, move, records.length, columns.fields.length))
  }
  return (
    <>
      <div className="table-scroll" ref={setScroller} role="region" aria-label={meta.label_plural}>
        <div
          ref={grid}
          role="grid"
          className="table"
          aria-label={meta.label_plural}
          aria-rowcount={props.total === null ? -1 : props.total + 1}
          aria-colcount={columns.fields.length + 1}
          aria-multiselectable
          style={{ width: columns.width }}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const place = placeOf(event.target)
            const widget = (event.target as Element).closest('a, button, input')
            if (place && !widget) focus.focus(place)
          }}
          onDoubleClick={(event) => {
            const place = placeOf(event.target)
            if (place && !(event.target as Element).closest('a, button, input')) edit(place, false)
          }}
          onFocus={(event) => {
            const place = placeOf(event.target)
            if (place) focus.active.current = place
            focus.focusedRow.current = place?.row ?? null
          }}
          onBlur={() => {
            focus.focusedRow.current = null
          }}
        >
          <Head {...props} columns={columns} setDragged={setDragged} />
          <Rows
            meta={meta}
            records={records}
            columns={columns}
            scroller={scroller}
            rowHeight={rowHeight}
            focusedRow={focus.focusedRow}
            hasMore={props.hasMore}
            loadMore={props.loadMore}
            selection={selection}
            peek={props.peek}
            onSelect={toggle}
            onPeek={peek}
          />
        </div>
      </div>
      {editing && (
        <CellEditor
          key={`${idOf(editing.record)} ${editing.field.name}`}
          field={editing.field}
          record={editing.record}
          anchor={editing.anchor}
          fresh={editing.fresh}
          onCommit={commit}
          onCancel={() => {
            setEditing(null)
            focus.focus(editing.place)
          }}
        />
      )}
      {cells.conflict && (
        <Suspense>
          <ConflictDialog
            meta={meta}
            field={cells.conflict.field}
            opened={cells.conflict.record}
            theirs={cells.conflict.theirs}
            mine={{ ...cells.conflict.record, [cells.conflict.field.name]: cells.conflict.value }}
            saving={false}
            onTakeTheirs={cells.closeConflict}
            onKeepMine={cells.keepMine}
            onClose={cells.closeConflict}
          />
        </Suspense>
      )}
    </>
  )
}

/** Where rows of one height are. */
const usePlaces = (rowHeight: number): RowPlaces =>
  useMemo(
    () => ({ at: (offset) => Math.floor(offset / rowHeight), start: (row) => row * rowHeight }),
    [rowHeight],
  )

/** The cell after one that was edited. */
function moved({ row, column }: Place, move: Move, rows: number, columns: number): Place {
  if (move === 'down') return { row: Math.min(row + 1, rows - 1), column }
  if (move === 'stay') return { row, column }
  const next = row * columns + column - 1 + (move === 'next' ? 1 : -1)
  const within = Math.min(rows * columns - 1, Math.max(0, next))
  return { row: Math.floor(within / columns), column: (within % columns) + 1 }
}

function toggled(selection: Selection, id: string): Selection {
  const { [id]: was, ...rest } = selection
  return was ? rest : { ...rest, [id]: true }
}

interface KeyProps extends Omit<TableProps, 'columns'> {
  columns: Columns
  focus: ReturnType<typeof useGridFocus>
  edit: (place: Place, fresh: boolean) => boolean
  toggle: (id: string) => void
}

/** What the keys do while no cell is edited. */
function useGridKeys({ meta, records, columns, focus, edit, toggle, change, onOpen }: KeyProps) {
  const { t } = useTranslation()
  const copy = (place: Place) => {
    const text = focus.cellAt(place)?.textContent ?? ''
    if (text && !String(window.getSelection())) {
      void navigator.clipboard?.writeText(text).then(() => showToast(t('common.copied')))
    }
  }
  return (event: KeyboardEvent) => {
    const place = placeOf(event.target)
    if (!place || event.defaultPrevented || isComposing(event)) return
    const record = records[place.row]
    const id = record ? idOf(record) : ''
    const command = event.ctrlKey || event.metaKey
    const typed = event.key.length === 1 && !command && !event.altKey && event.key !== ' '
    const to = focus.target(event, place)
    const isName = columns.fields[place.column - 1]?.name === meta.name_field
    if (to) focus.focus(to)
    else if (event.key === ' ' && (place.column === 0 || event.shiftKey)) toggle(id)
    else if (event.key === ' ') change({ peek: id })
    else if (event.key === 'Enter' && (command || event.target !== focus.cellAt(place))) {
      if (!command) return
      onOpen(id)
    } else if (event.key === 'Enter' || event.key === 'F2') {
      if (!edit(place, false) && isName) onOpen(id)
    } else if (command && event.key === 'c') return copy(place)
    else if (typed) {
      // Not prevented: the key goes into the editor that has just got the focus.
      edit(place, true)
      return
    } else return
    event.preventDefault()
  }
}

interface HeadProps extends Omit<TableProps, 'columns'> {
  columns: Columns
  setDragged: (widths: Record<string, number> | null) => void
}

function Head(props: HeadProps) {
  const { t } = useTranslation()
  const { records, columns, selection, onSelection, change, widths, setDragged } = props
  const all = records.length > 0 && records.every((record) => selection[idOf(record)])
  const names = columns.fields.map((field) => field.name)
  const resize = (name: string, width: number | null, done: boolean) => {
    const { [name]: _, ...others } = widths
    const next = width === null ? others : { ...others, [name]: clampWidth(width) }
    setDragged(done ? null : next)
    if (done) change({ widths: next })
  }
  const move = (from: number, to: number) => {
    const name = names[from]
    if (name) change({ columns: names.toSpliced(from, 1).toSpliced(to, 0, name) })
  }
  return (
    <div role="rowgroup" className="table-head">
      <div role="row" className="table-row" aria-rowindex={1}>
        <div
          role="columnheader"
          className={`cell cell-select ${columns.pinned > 0 ? 'cell-pinned' : ''}`}
          aria-colindex={1}
          style={{ width: selectionWidth }}
        >
          <input
            type="checkbox"
            aria-label={t('list.selectAll')}
            checked={all}
            onChange={() =>
              onSelection(() =>
                all ? {} : Object.fromEntries(records.map((record) => [idOf(record), true as const])),
              )
            }
          />
        </div>
        {columns.fields.map((field, index) => (
          <HeaderCell
            key={field.name}
            field={field}
            index={index}
            count={columns.fields.length}
            width={columns.sizes[index] ?? 0}
            start={columns.starts[index] ?? 0}
            pinned={columns.pinned}
            sort={props.sort}
            onSort={(sort) => change({ sort })}
            onWidth={(width, done) => resize(field.name, width, done)}
            onMove={move}
            onPin={(pinned) => change({ pinned })}
            onHide={() => change({ columns: names.filter((name) => name !== field.name) })}
          />
        ))}
      </div>
    </div>
  )
}
