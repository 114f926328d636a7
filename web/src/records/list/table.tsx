// The table of a list: only the rows in view exist, more pages are fetched as they are scrolled to.
import {
  columnResizingFeature,
  columnSizingFeature,
  type Header,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type Dispatch, type SetStateAction, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import type { SortKey } from '../../lib/filter.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { fieldsByName, nameOf } from '../meta.ts'
import { TableRow } from './table_row.tsx'

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, rowSelectionFeature })
const selectionWidth = 40
const rowHeight = 36

export interface TableProps {
  meta: ObjectDetail
  records: RecordData[]
  columns: string[]
  sort: SortKey[]
  total: number | null
  hasMore: boolean
  loadMore: () => void
  onSort: (sort: SortKey[]) => void
  selection: RowSelectionState
  onSelection: Dispatch<SetStateAction<RowSelectionState>>
  onPeek: (id: string) => void
}

interface ColumnMeta {
  field: Field
}

export function RecordTable(props: TableProps) {
  const { t } = useTranslation()
  const { meta, records, selection, onSelection } = props
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const columns = useColumns(meta, props.columns)
  const table = useTable({
    features,
    columns,
    data: records,
    getRowId: idOf,
    columnResizeMode: 'onChange',
    state: { rowSelection: selection },
    onRowSelectionChange: onSelection,
  })
  const toggle = useCallback((id: string) => onSelection((was) => toggled(was, id)), [onSelection])
  const headers = table.getHeaderGroups()[0]?.headers ?? []
  const fields = useMemo(() => columns.map((column) => column.meta.field), [columns])
  const widths = headers.map((header) => header.getSize()).join(',')
  const sizes = useMemo(() => widths.split(',').map(Number), [widths])
  const width = selectionWidth + sizes.reduce((sum, size) => sum + size, 0)
  const all = records.length > 0 && records.every((record) => selection[idOf(record)])
  return (
    <div className="table-scroll" ref={setScroller} tabIndex={0} role="region" aria-label={meta.label_plural}>
      <div
        role="table"
        className="table"
        aria-label={meta.label_plural}
        aria-rowcount={props.total === null ? -1 : props.total + 1}
        aria-colcount={fields.length + 1}
        style={{ width }}
      >
        <div role="rowgroup" className="table-head">
          <div role="row" className="table-row" aria-rowindex={1}>
            <div
              role="columnheader"
              className="cell cell-select"
              aria-colindex={1}
              style={{ width: selectionWidth }}
            >
              <input
                type="checkbox"
                aria-label={t('list.selectAll')}
                checked={all}
                onChange={() =>
                  onSelection(
                    all ? {} : Object.fromEntries(records.map((record) => [idOf(record), true as const])),
                  )
                }
              />
            </div>
            {headers.map((header, index) => (
              <HeaderCell
                key={header.id}
                header={header}
                index={index}
                field={(header.column.columnDef.meta as ColumnMeta).field}
                sort={props.sort}
                onSort={props.onSort}
              />
            ))}
          </div>
        </div>
        <Rows
          meta={meta}
          records={records}
          fields={fields}
          sizes={sizes}
          scroller={scroller}
          hasMore={props.hasMore}
          loadMore={props.loadMore}
          selection={selection}
          onSelect={toggle}
          onPeek={props.onPeek}
        />
      </div>
    </div>
  )
}

interface RowsProps
  extends Pick<TableProps, 'meta' | 'records' | 'hasMore' | 'loadMore' | 'selection' | 'onPeek'> {
  fields: Field[]
  sizes: number[]
  scroller: HTMLDivElement | null
  onSelect: (id: string) => void
}

/** The columns in view and a few beside them: of a table with many columns the other cells need not exist. */
function useColumnWindow(sizes: number[], scroller: HTMLDivElement | null) {
  const virtual = useVirtualizer({
    horizontal: true,
    count: sizes.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => sizes[index] ?? 0,
    paddingStart: selectionWidth,
    overscan: 2,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured is void when the sizes change
  useEffect(() => virtual.measure(), [virtual, sizes])
  const items = virtual.getVirtualItems()
  const [first] = items
  return {
    from: first?.index ?? 0,
    to: (items.at(-1)?.index ?? -1) + 1,
    before: (first?.start ?? 0) - selectionWidth,
  }
}

/** What is drawn anew while scrolling: the rows in view, and of them only those that came into it. */
function Rows({ meta, records, fields, sizes, scroller, hasMore, loadMore, ...props }: RowsProps) {
  const { t } = useTranslation()
  const virtual = useVirtualizer({
    count: records.length + (hasMore ? 3 : 0),
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    overscan: 5,
  })
  const { from, to, before } = useColumnWindow(sizes, scroller)
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= records.length - 20) loadMore()
  }, [hasMore, last, records.length, loadMore])
  return (
    <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
      {items.map((item) => {
        const record = records[item.index]
        if (!record) return <LoadingRow key={item.key} start={item.start} index={item.index} />
        const id = idOf(record)
        return (
          <TableRow
            key={id}
            t={t}
            meta={meta}
            record={record}
            fields={fields}
            sizes={sizes}
            from={from}
            to={to}
            before={before}
            start={item.start}
            index={item.index}
            name={nameOf(record, meta.name_field)}
            selected={props.selection[id] === true}
            onSelect={props.onSelect}
            onPeek={props.onPeek}
          />
        )
      })}
    </div>
  )
}

function toggled(selection: RowSelectionState, id: string): RowSelectionState {
  const { [id]: was, ...rest } = selection
  return was ? rest : { ...rest, [id]: true }
}

function useColumns(meta: ObjectDetail, names: string[]) {
  const key = names.join(',')
  return useMemo(() => {
    const fields = fieldsByName(meta)
    const shown = key.split(',').map((name) => fields.get(name))
    return shown
      .filter((field) => field !== undefined)
      .map((field) => ({
        id: field.name,
        header: field.label,
        size: field.name === meta.name_field ? 300 : fieldType(field.type).column.width,
        minSize: 70,
        meta: { field } satisfies ColumnMeta,
      }))
  }, [meta, key])
}

interface HeaderProps {
  header: Header<typeof features, RecordData>
  index: number
  field: Field
  sort: SortKey[]
  onSort: (sort: SortKey[]) => void
}

function HeaderCell({ header, index, field, sort, onSort }: HeaderProps) {
  const { t } = useTranslation()
  const key = sort.find((item) => item.field === field.name)
  const align = fieldType(field.type).column.align
  const next = (): SortKey[] => {
    if (!key) return [{ field: field.name, desc: false }]
    return key.desc ? [] : [{ field: field.name, desc: true }]
  }
  const state = key ? (key.desc ? 'descending' : 'ascending') : 'none'
  return (
    <div
      role="columnheader"
      className={`cell ${align === 'end' ? 'cell-end' : ''}`}
      aria-colindex={index + 2}
      aria-sort={field.sortable ? state : undefined}
      style={{ width: header.getSize() }}
    >
      {field.sortable ? (
        <button
          type="button"
          className="sort-button"
          title={t('list.sortBy', { field: field.label })}
          onClick={() => onSort(next())}
        >
          <span className="ellipsis">{field.label}</span>
          {key && (key.desc ? <ArrowDown size={13} aria-hidden /> : <ArrowUp size={13} aria-hidden />)}
        </button>
      ) : (
        <span className="ellipsis">{field.label}</span>
      )}
      <span
        className="resizer"
        aria-hidden
        onPointerDown={(event) => event.stopPropagation()}
        onMouseDown={header.getResizeHandler()}
        onTouchStart={header.getResizeHandler()}
      />
    </div>
  )
}

function LoadingRow({ start, index }: { start: number; index: number }) {
  return (
    <div role="row" className="table-row table-body-row" aria-rowindex={index + 2} style={{ top: start }}>
      <div role="cell" className="cell" style={{ width: '100%' }}>
        <Skeleton width="60%" />
      </div>
    </div>
  )
}
