// The heading of a column: sorts by pressing, is widened at its edge, moved by dragging; a menu does all of it by keyboard.
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import type { SortKey } from '../../lib/filter.ts'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { narrowest, widest } from './columns.ts'

interface HeadProps {
  field: Field
  index: number
  count: number
  width: number
  start: number
  pinned: number
  sort: SortKey[]
  onSort: (sort: SortKey[]) => void
  /** Called while the edge is dragged, and with `done` when it is let go. */
  onWidth: (width: number | null, done: boolean) => void
  onMove: (from: number, to: number) => void
  onPin: (count: number) => void
  onHide: () => void
}

export const clampWidth = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)))
const step = 40

export function HeaderCell({ field, index, width, sort, ...props }: HeadProps) {
  const { t } = useTranslation()
  const [target, setTarget] = useState(false)
  const key = sort.find((item) => item.field === field.name)
  const align = fieldType(field.type).column.align
  const next = (): SortKey[] => {
    if (!key) return [{ field: field.name, desc: false }]
    return key.desc ? [] : [{ field: field.name, desc: true }]
  }
  const state = key ? (key.desc ? 'descending' : 'ascending') : 'none'
  const fixed = index < props.pinned
  return (
    <div
      role="columnheader"
      className={`cell ${align === 'end' ? 'cell-end' : ''} ${fixed ? 'cell-pinned' : ''} ${target ? 'drop-target' : ''}`}
      aria-colindex={index + 2}
      aria-sort={field.sortable ? state : undefined}
      style={{ width, insetInlineStart: fixed ? props.start : undefined }}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(dragType, String(index))}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return
        event.preventDefault()
        setTarget(true)
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={(event) => {
        setTarget(false)
        const from = Number(event.dataTransfer.getData(dragType))
        if (from !== index) props.onMove(from, index)
      }}
    >
      {field.sortable ? (
        <button
          type="button"
          className="sort-button"
          title={t('list.sortBy', { field: field.label })}
          onClick={() => props.onSort(next())}
        >
          <span className="ellipsis">{field.label}</span>
          {key && (key.desc ? <ArrowDown size={13} aria-hidden /> : <ArrowUp size={13} aria-hidden />)}
        </button>
      ) : (
        <span className="ellipsis">{field.label}</span>
      )}
      <ColumnMenu field={field} index={index} width={width} sort={sort} {...props} />
      <Resizer width={width} onWidth={props.onWidth} />
    </div>
  )
}

const dragType = 'application/x-guanxi-column'

function ColumnMenu({ field, index, count, width, pinned, ...props }: HeadProps) {
  const { t } = useTranslation()
  const items: MenuEntry[] = []
  if (field.sortable) {
    items.push({
      label: t('list.sortAsc'),
      onSelect: () => props.onSort([{ field: field.name, desc: false }]),
    })
    items.push({
      label: t('list.sortDesc'),
      onSelect: () => props.onSort([{ field: field.name, desc: true }]),
    })
    items.push('line')
  }
  items.push(
    { label: t('list.moveLeft'), disabled: index === 0, onSelect: () => props.onMove(index, index - 1) },
    {
      label: t('list.moveRight'),
      disabled: index === count - 1,
      onSelect: () => props.onMove(index, index + 1),
    },
    { label: t('grid.wider'), onSelect: () => props.onWidth(width + step, true) },
    { label: t('grid.narrower'), onSelect: () => props.onWidth(width - step, true) },
    { label: t('grid.usualWidth'), onSelect: () => props.onWidth(null, true) },
    'line',
    index < pinned
      ? { label: t('grid.unpin'), onSelect: () => props.onPin(index) }
      : { label: t('grid.pin'), onSelect: () => props.onPin(index + 1) },
    { label: t('list.hideColumn'), disabled: count === 1, onSelect: props.onHide },
  )
  return (
    <Menu
      label={t('list.columnMenu', { field: field.label })}
      items={items}
      trigger={(trigger) => (
        <button
          type="button"
          className="column-menu"
          aria-label={t('list.columnMenu', { field: field.label })}
          title={t('list.columnMenu', { field: field.label })}
          {...trigger}
        >
          <ChevronDown size={13} aria-hidden />
        </button>
      )}
    />
  )
}

function Resizer({ width, onWidth }: Pick<HeadProps, 'width' | 'onWidth'>) {
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault()
    event.stopPropagation()
    const handle = event.currentTarget
    const at = event.clientX
    const widthAt = (x: number) => clampWidth(width + x - at)
    const move = (moved: globalThis.PointerEvent) => onWidth(widthAt(moved.clientX), false)
    const end = (last: globalThis.PointerEvent) => {
      handle.removeEventListener('pointermove', move)
      onWidth(widthAt(last.clientX), true)
    }
    handle.setPointerCapture(event.pointerId)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', end, { once: true })
  }
  return (
    <span className="resizer" aria-hidden onPointerDown={start} onDoubleClick={() => onWidth(null, true)} />
  )
}
