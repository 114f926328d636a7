// The board: the records of a list in columns by stage, with totals, moved by dragging or by a menu.
import { DragDropProvider, useDroppable } from '@dnd-kit/react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage, queryPages } from '../../api/page_queries.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { ShortMoney } from '../../fields/money/short.tsx'
import { literalKinds } from '../../fields/registry.ts'
import { both, type Filter } from '../../lib/filter.ts'
import { isMoney, type Money } from '../../lib/money.ts'
import { selectText } from '../../lib/soql.ts'
import { MoreButton } from '../../ui/button.tsx'
import { tint } from '../../ui/colours.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import type { ListSearch } from '../list/search.ts'
import { effectiveFilter, type ListState } from '../list/state.ts'
import { type BoardColumn, boardColumns, defaultPipeline, pathsFor } from '../meta.ts'
import './board.css'
import { BoardCard } from './card.tsx'
import { useMove } from './move.ts'
import { dragPlugins, dragSensors } from './plugins.ts'

interface BoardProps {
  meta: ObjectDetail
  state: ListState
  groupBy: string
  change: (part: ListSearch) => void
}

export default function Board({ meta, state, groupBy, change }: BoardProps) {
  const { t } = useTranslation()
  const columns = useMemo(() => boardColumns(meta, groupBy, state.pipeline), [meta, groupBy, state.pipeline])
  const filter = useBoardFilter(meta, state)
  const totals = useTotals(meta, state, groupBy, filter)
  const move = useMove(meta, groupBy, columns)
  return (
    <div className="board-page">
      {meta.pipelines.length > 1 && meta.stage?.pipeline_field && (
        <label className="pipeline-choice">
          {t('board.pipeline')}
          <select
            className="input"
            value={state.pipeline ?? defaultPipeline(meta)?.name}
            onChange={(event) => change({ pipeline: event.target.value })}
          >
            {meta.pipelines.map((pipeline) => (
              <option key={pipeline.name} value={pipeline.name}>
                {pipeline.label}
              </option>
            ))}
          </select>
        </label>
      )}
      <p className="sr-only">{t('board.dragHint')}</p>
      <DragDropProvider
        plugins={dragPlugins}
        sensors={dragSensors}
        onDragEnd={(event) => {
          const { source, target } = event.operation
          const record = source?.data.record as RecordData | undefined
          if (!event.canceled && record && target) void move(record, String(target.id))
        }}
      >
        <div
          className="board"
          tabIndex={0}
          role="region"
          aria-label={`${meta.label_plural} ${t('list.board')}`}
        >
          {columns.map((column) => (
            <Column
              key={column.value}
              meta={meta}
              state={state}
              groupBy={groupBy}
              column={column}
              columns={columns}
              filter={filter}
              total={totals.get(column.value)}
              move={move}
            />
          ))}
        </div>
      </DragDropProvider>
    </div>
  )
}

function useBoardFilter(meta: ObjectDetail, state: ListState): Filter | null {
  return useMemo(() => {
    const field = meta.stage?.pipeline_field
    const pipeline = state.pipeline ?? defaultPipeline(meta)?.name
    const own: Filter | null =
      field && pipeline && meta.pipelines.length > 1 ? { field, op: '=', value: pipeline } : null
    return both(effectiveFilter(meta, state), own)
  }, [meta, state])
}

interface Total {
  count: number
  sum: Money | null
}

/** One query brings the counts and sums of all columns. */
function useTotals(
  meta: ObjectDetail,
  state: ListState,
  groupBy: string,
  filter: Filter | null,
): Map<string, Total> {
  const { currency } = useFieldSettings()
  const fields = [groupBy, 'COUNT(id) n', ...(state.total ? [`SUM(${state.total}) total`] : [])]
  const q = selectText({ object: meta.name, fields, filter, groupBy }, literalKinds(meta.fields))
  const { data } = useQuery({ ...queryPage(meta.name, q, 200), placeholderData: (before) => before })
  return useMemo(() => {
    const rows = (data?.records ?? []).map((row): [string, Total] => {
      const { total } = row
      const sum = isMoney(total)
        ? total
        : total === null || total === undefined
          ? null
          : { amount: String(total), currency }
      return [String(row[groupBy]), { count: Number(row.n), sum: state.total ? sum : null }]
    })
    return new Map(rows)
  }, [data, groupBy, state.total, currency])
}

interface ColumnProps {
  meta: ObjectDetail
  state: ListState
  groupBy: string
  column: BoardColumn
  columns: BoardColumn[]
  filter: Filter | null
  total: Total | undefined
  move: (record: RecordData, to: string) => Promise<void>
}

function Column({ meta, state, groupBy, column, columns, filter, total, move }: ColumnProps) {
  const { t } = useTranslation()
  const { language, objects } = useFieldSettings()
  const { ref, isDropTarget } = useDroppable({ id: column.value })
  const shown = [...state.columns, groupBy, ...(state.total ? [state.total] : [])]
  const q = selectText(
    {
      object: meta.name,
      fields: [...pathsFor(meta, shown, objects), 'version'],
      filter: both(filter, { field: groupBy, op: '=', value: column.value }),
      sort: state.sort,
    },
    literalKinds(meta.fields),
  )
  const pages = useInfiniteQuery(queryPages(meta.name, q, 30))
  const records = pages.data?.pages.flatMap((page) => page.records) ?? []
  const count = total?.count ?? 0
  const colour = tint(column.color)?.strong ?? 'var(--platform)'
  return (
    <section
      ref={ref}
      className={`board-column ${isDropTarget ? 'drop-target' : ''}`}
      aria-label={t('board.column', { stage: column.label, count })}
    >
      <header style={{ '--stage': colour } as React.CSSProperties}>
        <h2>{column.label}</h2>
        <span className="board-count">{count.toLocaleString(language)}</span>
        {total?.sum && <ShortMoney className="board-sum" money={total.sum} />}
      </header>
      <ul className="board-cards">
        {pages.isPending && (
          <li className="board-card">
            <Skeleton width="70%" />
          </li>
        )}
        {records.map((record) => (
          <li key={idOf(record)}>
            <BoardCard
              meta={meta}
              record={record}
              columns={state.columns.filter((name) => name !== groupBy)}
              stage={column.value}
              stages={columns}
              move={move}
            />
          </li>
        ))}
        {pages.isSuccess && records.length === 0 && <li className="board-empty">{t('board.empty')}</li>}
        {pages.hasNextPage && (
          <li>
            <MoreButton pages={pages}>{t('common.loadMore')}</MoreButton>
          </li>
        )}
      </ul>
    </section>
  )
}
