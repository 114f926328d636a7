// The keyboard of the grid: one cell has the focus, arrow keys move it, and only it can be reached by Tab. The focus is set on the
// elements themselves, so that moving it draws no row anew.
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from 'react'
import { type Columns, selectionWidth } from './columns.ts'

export interface Place {
  row: number
  /** 0 is the tick box, the fields follow. */
  column: number
}

interface GridProps {
  grid: RefObject<HTMLElement | null>
  scroller: HTMLElement | null
  columns: Columns
  rows: number
  rowHeight: number
}

const headHeight = 35

/** The cell that an element lies in. */
export function placeOf(element: EventTarget | null): Place | null {
  const cell = element instanceof Element ? element.closest('[role=gridcell]') : null
  const row = cell?.closest('[role=row]')
  if (!cell || !row) return null
  return {
    row: Number(row.getAttribute('aria-rowindex')) - 2,
    column: Number(cell.getAttribute('aria-colindex')) - 1,
  }
}

export function useGridFocus({ grid, scroller, columns, rows, rowHeight }: GridProps) {
  const active = useRef<Place>({ row: 0, column: 1 })
  const focusedRow = useRef<number | null>(null)

  const cellAt = useCallback(
    ({ row, column }: Place) =>
      grid.current?.querySelector<HTMLElement>(
        `[aria-rowindex="${row + 2}"] > [role=gridcell][aria-colindex="${column + 1}"]`,
      ) ?? null,
    [grid],
  )

  /** Makes the active cell the one that Tab leads to; done again after each drawing. */
  const mark = useCallback(() => {
    const cell = cellAt(active.current)
    for (const other of grid.current?.querySelectorAll('[role=gridcell][tabindex]') ?? []) {
      if (other !== cell) other.removeAttribute('tabindex')
    }
    if (cell) cell.tabIndex = 0
    return cell
  }, [cellAt, grid])
  useEffect(() => void mark())

  const reveal = useCallback(
    ({ row, column }: Place) => {
      if (!scroller) return
      const top = row * rowHeight
      const bottom = top + rowHeight + headHeight
      if (top < scroller.scrollTop) scroller.scrollTop = top
      else if (bottom > scroller.scrollTop + scroller.clientHeight)
        scroller.scrollTop = bottom - scroller.clientHeight
      const at = column - 1
      if (at < columns.pinned) return
      const fixed = columns.starts[columns.pinned] ?? selectionWidth
      const start = columns.starts[at] ?? 0
      const end = start + (columns.sizes[at] ?? 0)
      if (start - fixed < scroller.scrollLeft)
        scroller.scrollLeft = start - (columns.pinned > 0 ? fixed : selectionWidth)
      else if (end > scroller.scrollLeft + scroller.clientWidth)
        scroller.scrollLeft = end - scroller.clientWidth
    },
    [scroller, columns, rowHeight],
  )

  const focus = useCallback(
    (place: Place) => {
      active.current = place
      focusedRow.current = place.row
      reveal(place)
      let tries = 20
      const attempt = () => {
        const cell = mark()
        if (cell) return cell.focus({ preventScroll: true })
        tries -= 1
        if (tries > 0) requestAnimationFrame(attempt)
      }
      attempt()
    },
    [mark, reveal],
  )

  /** The place that a key leads to from another; null for other keys. */
  const target = (event: KeyboardEvent, { row, column }: Place): Place | null => {
    const last = { row: rows - 1, column: columns.fields.length }
    const page = Math.max(1, Math.floor((scroller?.clientHeight ?? 400) / rowHeight) - 2)
    const whole = event.ctrlKey || event.metaKey
    const to = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + page, column },
      PageUp: { row: row - page, column },
      Home: whole ? { row: 0, column: 0 } : { row, column: 0 },
      End: whole ? last : { row, column: last.column },
    }[event.key]
    if (!to) return null
    const within = (value: number, most: number) => Math.min(most, Math.max(0, value))
    return { row: within(to.row, last.row), column: within(to.column, last.column) }
  }

  return { active, focusedRow, cellAt, focus, target }
}
