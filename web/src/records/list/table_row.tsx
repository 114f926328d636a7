// One row of the table; it is drawn again only when its own record or width changes.
import { Link } from '@tanstack/react-router'
import { PanelRight } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { Value } from '../value.tsx'

interface RowProps {
  meta: ObjectDetail
  record: RecordData
  fields: Field[]
  sizes: number[]
  start: number
  index: number
  name: string
  selected: boolean
  onSelect: (id: string) => void
  onPeek: (id: string) => void
}

function Row({ meta, record, fields, sizes, start, index, name, selected, onSelect, onPeek }: RowProps) {
  const { t } = useTranslation()
  const id = idOf(record)
  return (
    <div
      role="row"
      className={`table-row table-body-row ${selected ? 'selected' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${start}px)` }}
    >
      <div role="cell" className="cell cell-select">
        <input
          type="checkbox"
          aria-label={t('list.selectRow', { name })}
          checked={selected}
          onChange={() => onSelect(id)}
        />
      </div>
      {fields.map((field, at) => (
        <div
          key={field.name}
          role="cell"
          className={`cell ${fieldType(field.type).column.align === 'end' ? 'cell-end' : ''}`}
          style={{ width: sizes[at] }}
        >
          {field.name === meta.name_field ? (
            <>
              <Link className="name-link ellipsis" to="/o/$object/$id" params={{ object: meta.name, id }}>
                {name}
              </Link>
              <button
                type="button"
                className="peek-button"
                aria-label={t('list.peek', { name })}
                title={t('list.peek', { name })}
                onClick={() => onPeek(id)}
              >
                <PanelRight size={14} aria-hidden />
              </button>
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
    before.start === after.start &&
    before.selected === after.selected &&
    before.meta === after.meta &&
    before.fields === after.fields &&
    before.index === after.index &&
    before.sizes.length === after.sizes.length &&
    before.sizes.every((size, index) => size === after.sizes[index]) &&
    before.onSelect === after.onSelect,
)
