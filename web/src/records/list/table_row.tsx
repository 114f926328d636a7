// One row of the table; it is drawn again only when its own record or width changes.
import type { TFunction } from 'i18next'
import { memo } from 'react'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { RecordLink } from '../../fields/shared/record_link.tsx'
import { Value } from '../value.tsx'

interface RowProps {
  t: TFunction
  meta: ObjectDetail
  record: RecordData
  fields: Field[]
  sizes: number[]
  /** The columns drawn, and the width of those before them. */
  from: number
  to: number
  before: number
  start: number
  index: number
  name: string
  selected: boolean
  onSelect: (id: string) => void
  onPeek: (id: string) => void
}

function Row({ t, meta, record, fields, sizes, from, index, name, selected, ...props }: RowProps) {
  const id = idOf(record)
  return (
    <div
      role="row"
      className={`table-row table-body-row ${selected ? 'selected' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ top: props.start }}
    >
      <div role="cell" className="cell cell-select" aria-colindex={1}>
        <input
          type="checkbox"
          aria-label={t('list.selectRow', { name })}
          checked={selected}
          onChange={() => props.onSelect(id)}
        />
      </div>
      {fields.slice(from, props.to).map((field, at) => (
        <div
          key={field.name}
          role="cell"
          aria-colindex={from + at + 2}
          className={`cell ${fieldType(field.type).column.align === 'end' ? 'cell-end' : ''}`}
          style={{ width: sizes[from + at], marginInlineStart: at === 0 ? props.before : undefined }}
        >
          {field.name === meta.name_field ? (
            <>
              <RecordLink className="name-link ellipsis" object={meta.name} id={id}>
                {name}
              </RecordLink>
              <button
                type="button"
                className="peek-button"
                aria-label={t('list.peek', { name })}
                title={t('list.peek', { name })}
                onClick={() => props.onPeek(id)}
              />
            </>
          ) : (
            <span className="ellipsis">
              <Value field={field} record={record} mode="cell" />
            </span>
          )}
        </div>
      ))}
    </div>
  )
}

export const TableRow = memo(
  Row,
  (before, after) =>
    before.record === after.record &&
    before.t === after.t &&
    before.start === after.start &&
    before.selected === after.selected &&
    before.meta === after.meta &&
    before.fields === after.fields &&
    before.index === after.index &&
    before.from === after.from &&
    before.to === after.to &&
    before.before === after.before &&
    before.sizes.length === after.sizes.length &&
    before.sizes.every((size, index) => size === after.sizes[index]) &&
    before.onSelect === after.onSelect,
)
