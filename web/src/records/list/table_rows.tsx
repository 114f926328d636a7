// The rows in view. They are drawn in blocks, so that most frames of a scroll draw nothing new at all.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import type { TFunction } from 'i18next'
import { memo, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { type Columns, type ColumnWindow, useColumnWindow } from './columns.ts'
import { TableRow } from './table_row.tsx'

/** Rows of a block: more of them make seldom but longer frames. */
const blockRows = 8
const waiting = 3

export type Selection = Record<string, true>

interface Shared {
  meta: ObjectDetail
  records: RecordData[]
  columns: Columns
  selection: Selection
  peek: string | undefined
  onSelect: (id: string) => void
  onPeek: (id: string) => void
}

interface RowsProps extends Shared {
  scroller: HTMLDivElement | null
  rowHeight: number
  /** The row that has the focus stays drawn wherever one scrolls. */
  focusedRow: RefObject<number | null>
  hasMore: boolean
  loadMore: () => void
}

export function Rows({ scroller, rowHeight, focusedRow, hasMore, loadMore, ...shared }: RowsProps) {
  const { t } = useTranslation()
  const { records, columns } = shared
  const count = records.length + (hasMore ? waiting : 0)
  const virtual = useVirtualizer({
    count: Math.ceil(count / blockRows),
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight * blockRows,
    overscan: 1,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      const block = focusedRow.current === null ? null : Math.floor(focusedRow.current / blockRows)
      return block === null || shown.includes(block) ? shown : [...shown, block].sort((a, b) => a - b)
    },
  })
  const window = useColumnWindow(columns, scroller)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured is void when the height changes
  useEffect(() => virtual.measure(), [virtual, rowHeight])
  const items = virtual.getVirtualItems()
  const last = ((items.at(-1)?.index ?? 0) + 1) * blockRows
  useEffect(() => {
    if (hasMore && last >= records.length - 20) loadMore()
  }, [hasMore, last, records.length, loadMore])
  return (
    <div role="presentation" style={{ height: count * rowHeight, position: 'relative' }}>
      {items.map((item) => (
        <Block
          key={item.key}
          t={t}
          index={item.index}
          count={count}
          rowHeight={rowHeight}
          window={window}
          {...shared}
        />
      ))}
    </div>
  )
}

interface BlockProps extends Shared {
  t: TFunction
  index: number
  count: number
  rowHeight: number
  window: ColumnWindow
}

function BlockOfRows({ t, index, count, rowHeight, window, records, meta, columns, ...shared }: BlockProps) {
  const first = index * blockRows
  const rows = Array.from({ length: Math.min(blockRows, count - first) }, (_, at) => first + at)
  const block = useRef<HTMLDivElement>(null)
  // In a grid the arrow keys lead to what is in the cells, not Tab.
  useLayoutEffect(() => {
    for (const link of block.current?.querySelectorAll('a') ?? []) link.tabIndex = -1
  })
  return (
    <div
      ref={block}
      role="rowgroup"
      className="table-block"
      style={{ top: first * rowHeight, height: rows.length * rowHeight }}
    >
      {rows.map((row) => {
        const record = records[row]
        if (!record) return <LoadingRow key={row} index={row} />
        const id = idOf(record)
        return (
          <TableRow
            key={id}
            t={t}
            meta={meta}
            record={record}
            columns={columns}
            window={window}
            index={row}
            selected={shared.selection[id] === true}
            peeked={shared.peek === id}
            onSelect={shared.onSelect}
            onPeek={shared.onPeek}
          />
        )
      })}
    </div>
  )
}

const sameWindow = (a: ColumnWindow, b: ColumnWindow) => a.from === b.from && a.to === b.to && a.gap === b.gap

const Block = memo(
  BlockOfRows,
  (before, after) =>
    before.t === after.t &&
    before.count === after.count &&
    before.rowHeight === after.rowHeight &&
    before.meta === after.meta &&
    before.columns === after.columns &&
    before.records === after.records &&
    before.selection === after.selection &&
    before.peek === after.peek &&
    before.onSelect === after.onSelect &&
    before.onPeek === after.onPeek &&
    sameWindow(before.window, after.window),
)

function LoadingRow({ index }: { index: number }) {
  return (
    <div role="row" className="table-row table-body-row" aria-rowindex={index + 2}>
      <div role="gridcell" className="cell" style={{ width: '100%' }}>
        <Skeleton width="60%" />
      </div>
    </div>
  )
}
