// One row of the table; it is drawn again only when its own record or its columns change. The cells have no handlers of their own:
// the grid around them listens.
import type { TFunction } from 'i18next'
import { memo } from 'react'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { RecordLink } from '../../fields/shared/record_link.tsx'
import { nameOf } from '../meta.ts'
import { Value } from '../value.tsx'
import { type Columns, type ColumnWindow, selectionWidth } from './columns.ts'

interface RowProps {
  t: TFunction
  meta: ObjectDetail
  record: RecordData
  columns: Columns
  window: ColumnWindow
  index: number
  selected: boolean
  peeked: boolean
  onSelect: (id: string) => void
  onPeek: (id: string) => void
}

function Row({ t, meta, record, columns, window, index, selected, peeked, onSelect, onPeek }: RowProps) {
  const id = idOf(record)
  const name = nameOf(record, meta.name_field)
  const cell = (field: Field, at: number, margin?: number) => (
    <div
      key={field.name}
      role="gridcell"
      aria-colindex={at + 2}
      className={cellClass(field, at < columns.pinned)}
      style={{
        width: columns.sizes[at],
        marginInlineStart: margin || undefined,
        insetInlineStart: at < columns.pinned ? columns.starts[at] : undefined,
      }}
    >
      {field.name === meta.name_field ? (
        <>
          <RecordLink className="name-link ellipsis" object={meta.name} id={id}>
            {name}
          </RecordLink>
          <button
            type="button"
            className="peek-button"
            tabIndex={-1}
            aria-label={t('list.peek', { name })}
            title={t('list.peek', { name })}
            onClick={() => onPeek(id)}
          />
        </>
      ) : (
        <span className="ellipsis">
          <Value field={field} record={record} mode="cell" />
        </span>
      )}
    </div>
  )
  return (
    <div
      role="row"
      className={`table-row table-body-row ${selected ? 'selected' : ''} ${peeked ? 'peeked' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
    >
      <div
        role="gridcell"
        className={columns.pinned > 0 ? 'cell cell-select cell-pinned' : 'cell cell-select'}
        aria-colindex={1}
        style={{ width: selectionWidth }}
      >
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('list.selectRow', { name })}
          checked={selected}
          onChange={() => onSelect(id)}
        />
      </div>
      {columns.fields.slice(0, columns.pinned).map((field, at) => cell(field, at))}
      {columns.fields
        .slice(window.from, window.to)
        .map((field, at) => cell(field, window.from + at, at === 0 ? window.gap : 0))}
    </div>
  )
}

function cellClass(field: Field, pinned: boolean): string {
  const end = fieldType(field.type).column.align === 'end' ? ' cell-end' : ''
  return `cell${end}${pinned ? ' cell-pinned' : ''}`
}

export const TableRow = memo(
  Row,
  (before, after) =>
    before.record === after.record &&
    before.t === after.t &&
    before.selected === after.selected &&
    before.peeked === after.peeked &&
    before.meta === after.meta &&
    before.columns === after.columns &&
    before.index === after.index &&
    before.window.from === after.window.from &&
    before.window.to === after.window.to &&
    before.window.gap === after.window.gap &&
    before.onSelect === after.onSelect,
)
