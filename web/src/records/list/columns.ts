// The columns of a table: their fields, widths, which of them stay in view, and which are drawn at a place of the scroller.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo } from 'react'
import type { Field, ObjectDetail } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { fieldsByName } from '../meta.ts'

export const selectionWidth = 40
const nameWidth = 300
export const narrowest = 60
export const widest = 1_200

export interface Columns {
  fields: Field[]
  sizes: number[]
  /** Where each begins, in pixels from the left. */
  starts: number[]
  /** How many of the first stay in view. */
  pinned: number
  width: number
}

function widthOf(meta: ObjectDetail, field: Field): number {
  return field.name === meta.name_field ? nameWidth : fieldType(field.type).column.width
}

export function useColumns(
  meta: ObjectDetail,
  names: string[],
  widths: Record<string, number>,
  pinned: number,
): Columns {
  const key = names.join(',')
  const fields = useMemo(() => {
    const known = fieldsByName(meta)
    return key.split(',').flatMap((name) => known.get(name) ?? [])
  }, [meta, key])
  return useMemo(() => {
    const sizes = fields.map((field) => widths[field.name] ?? widthOf(meta, field))
    let width = selectionWidth
    const starts = sizes.map((size) => {
      width += size
      return width - size
    })
    return { fields, sizes, starts, pinned: Math.min(pinned, fields.length), width }
  }, [meta, fields, widths, pinned])
}

export interface ColumnWindow {
  from: number
  to: number
  /** The width of what is left out before the first drawn column that moves. */
  gap: number
}

/** The columns in view and a few beside them: of a table with many columns the other cells need not exist. */
export function useColumnWindow(
  { sizes, starts, pinned }: Columns,
  scroller: HTMLElement | null,
): ColumnWindow {
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
  const from = Math.max(pinned, items[0]?.index ?? 0)
  const to = (items.at(-1)?.index ?? -1) + 1
  const fixedEnd = pinned > 0 ? (starts[pinned - 1] ?? 0) + (sizes[pinned - 1] ?? 0) : selectionWidth
  return { from, to: Math.max(to, from), gap: Math.max(0, (starts[from] ?? fixedEnd) - fixedEnd) }
}
