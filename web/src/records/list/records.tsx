// The records of a list in a table or cards, what to do with those that are selected, and the panel that steps through them.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage, queryPages } from '../../api/page_queries.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { publishSelection } from '../../lib/selection.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { fileObject, UploadButton } from '../upload_button.tsx'
import { useErrorText } from '../writes.ts'
import { RecordCards } from './cards.tsx'
import type { ListSearch } from './search.ts'
import { SelectionBar } from './selection_bar.tsx'
import type { ListState } from './state.ts'
import { RecordTable } from './table.tsx'
import type { Selection } from './table_rows.tsx'
import { usePhone } from './use_phone.ts'

const Peek = lazy(() => import('../detail/peek.tsx'))

interface RecordsProps {
  meta: ObjectDetail
  state: ListState
  query: string
  /** The text of the query for how many there are. */
  count: string
  /** The text of the query without its columns, for edits of all that it finds. */
  all: () => string
  peek: string | undefined
  change: (part: ListSearch) => void
  onCreate: () => void
}

export function Records(props: RecordsProps) {
  const { meta, state, query, count, peek, change, onCreate } = props
  const { t } = useTranslation()
  const phone = usePhone()
  const errorText = useErrorText(meta)
  const navigate = useNavigate()
  const [selection, setSelection] = useState<Selection>({})
  const pages = useInfiniteQuery(queryPages(meta.name, query))
  const records = useMemo<RecordData[]>(
    () => pages.data?.pages.flatMap((page) => page.records) ?? [],
    [pages.data],
  )
  const counted = useQuery(queryPage(meta.name, count, 1))
  const total = numberOf(counted.data?.records[0]?.n)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const stable = useStable(change)
  useEffect(() => publishSelection(meta.name, Object.keys(selection)), [meta.name, selection])
  const step = usePeekSteps(records, peek, stable, loadMore)
  const open = (id: string) => void navigate({ to: '/o/$object/$id', params: { object: meta.name, id } })

  if (pages.isPending) return <SkeletonLines count={10} />
  if (pages.isError) {
    return (
      <Empty
        title={t('errors.title')}
        why={errorText(pages.error)}
        action={<Button onClick={() => pages.refetch()}>{t('common.retry')}</Button>}
      />
    )
  }
  if (records.length === 0) return <NoRecords meta={meta} state={state} change={change} onCreate={onCreate} />
  return (
    <>
      {phone ? (
        <RecordCards
          meta={meta}
          records={records}
          question={query}
          columns={state.columns}
          hasMore={hasNextPage}
          loadMore={loadMore}
        />
      ) : (
        <RecordTable
          meta={meta}
          records={records}
          question={query}
          columns={state.columns}
          widths={state.widths}
          pinned={state.pinned}
          sort={state.sort}
          total={total}
          hasMore={hasNextPage}
          loadMore={loadMore}
          change={stable}
          selection={selection}
          onSelection={setSelection}
          peek={peek}
          onOpen={open}
        />
      )}
      <footer className="list-foot">
        {Object.keys(selection).length > 0 ? (
          <SelectionBar
            meta={meta}
            ids={Object.keys(selection)}
            total={total}
            q={props.all}
            onDone={() => setSelection({})}
          />
        ) : (
          <Total total={total} />
        )}
      </footer>
      {peek && (
        <Suspense>
          <Peek key={peek} meta={meta} id={peek} step={step} onClose={() => change({ peek: undefined })} />
        </Suspense>
      )}
    </>
  )
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : null)

/** A function that stays the same while what it does follows. */
function useStable<A extends unknown[]>(run: (...given: A) => void): (...given: A) => void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  return useCallback((...given: A) => latest.current(...given), [])
}

/** J and K lead from the record beside the list to the next and the one before; more are read as the end comes near. */
function usePeekSteps(
  records: RecordData[],
  peek: string | undefined,
  change: (part: ListSearch) => void,
  loadMore: () => void,
) {
  const at = peek ? records.findIndex((record) => idOf(record) === peek) : -1
  const near = at >= records.length - 5
  useEffect(() => {
    if (at >= 0 && near) loadMore()
  }, [at, near, loadMore])
  const step = useStable((by: number) => {
    const next = at >= 0 ? records[at + by] : undefined
    if (next) change({ peek: idOf(next) })
  })
  const open = peek !== undefined
  useEffect(() => {
    if (!open) return
    const onKey = (event: KeyboardEvent) => {
      const by = { j: 1, k: -1 }[event.key.toLowerCase()]
      const target = event.target as HTMLElement
      const busy =
        event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey
      const elsewhere = target.closest('input, select, textarea, [contenteditable], dialog, [role=gridcell]')
      if (!by || busy || elsewhere) return
      event.preventDefault()
      step(by)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open, step])
  return { by: step, first: at <= 0, last: at < 0 || at === records.length - 1 }
}

function Total({ total }: { total: number | null }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  if (total === null) return null
  return (
    <span role="status">{t('common.total', { count: total, value: total.toLocaleString(language) })}</span>
  )
}

function NoRecords({
  meta,
  state,
  change,
  onCreate,
}: Pick<RecordsProps, 'meta' | 'state' | 'change' | 'onCreate'>) {
  const { t } = useTranslation()
  const icon = <ObjectIcon name={meta.icon} size={28} />
  if (state.filter || state.q) {
    return (
      <Empty
        icon={icon}
        title={t('list.noMatchTitle', { object: meta.label_plural })}
        why={t('list.noMatchWhy')}
        action={
          <Button onClick={() => change({ filter: null, q: undefined })}>{t('list.clearFilters')}</Button>
        }
      />
    )
  }
  return (
    <Empty
      icon={icon}
      title={t('list.emptyTitle', { object: meta.label_plural })}
      why={meta.name === fileObject ? t('field.noFilesWhy') : t('list.emptyWhy')}
      action={
        meta.rights.create &&
        (meta.name === fileObject ? (
          <UploadButton />
        ) : (
          <Button variant="primary" onClick={onCreate}>
            {t('list.create', { object: meta.label })}
          </Button>
        ))
      }
    />
  )
}
