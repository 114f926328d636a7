// The list of an object: header, toolbar, and below them a table, cards or a board of the same records.
import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RowSelectionState } from '@tanstack/react-table'
import { Plus, Trash2, Upload, X } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteRecords } from '../../api/commands.ts'
import { meQuery, objectQuery, queryPages, viewsQuery } from '../../api/queries.ts'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { literalKinds } from '../../fields/registry.ts'
import { selectText } from '../../lib/soql.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { pathsFor } from '../meta.ts'
import { fileObject, UploadButton } from '../upload_button.tsx'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'
import { RecordCards } from './cards.tsx'
import { ExportButton } from './export_button.tsx'
import './list.css'
import type { ListSearch } from './search.ts'
import { effectiveFilter, type ListState, listState } from './state.ts'
import { RecordTable } from './table.tsx'
import { Toolbar } from './toolbar.tsx'
import { usePhone } from './use_phone.ts'
import { ViewSwitcher } from './views.tsx'

const Board = lazy(() => import('../board/board.tsx'))
const RecordDialog = lazy(() => import('../edit/record_dialog.tsx'))
const Peek = lazy(() => import('../detail/peek.tsx'))

interface ListPageProps {
  object: string
  search: ListSearch
  setSearch: (search: ListSearch) => void
}

export default function ListPage({ object, search, setSearch }: ListPageProps) {
  const { t } = useTranslation()
  const { data: meta } = useSuspenseQuery(objectQuery(object))
  const { data: fetchedViews } = useQuery(viewsQuery(object))
  const views = fetchedViews ?? meta.views
  const state = useMemo(() => listState(meta, views, search), [meta, views, search])
  const [creating, setCreating] = useState(false)
  const change = useCallback(
    (part: ListSearch) => setSearch(clean({ ...search, ...part })),
    [search, setSearch],
  )
  const { data: me } = useQuery(meQuery)
  const query = useQueryText(meta, state)
  const files = meta.name === fileObject

  return (
    <div className="page list-page" data-module={meta.module}>
      <header className="page-head">
        <span className="object-badge">
          <ObjectIcon name={meta.icon} size={16} />
        </span>
        <h1>{meta.label_plural}</h1>
        <ViewSwitcher meta={meta} views={views} state={state} setSearch={setSearch} />
        <span className="spring" />
        {me?.rights.import && meta.rights.create && !files && (
          <Link
            to="/imports"
            search={{ object }}
            className="btn btn-icon"
            aria-label={t('list.import')}
            title={t('list.import')}
          >
            <Upload size={16} aria-hidden />
          </Link>
        )}
        {me?.rights.export && <ExportButton query={query.all} title={meta.label_plural} />}
        {meta.rights.create && files && <UploadButton />}
        {meta.rights.create && !files && (
          <Button variant="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setCreating(true)}>
            <span className="wide-only">{t('list.create', { object: meta.label })}</span>
            <span className="phone-only">{t('common.new')}</span>
          </Button>
        )}
      </header>
      <Toolbar meta={meta} state={state} change={change} />
      {state.kind === 'board' && state.groupBy ? (
        <Suspense fallback={<SkeletonLines />}>
          <Board meta={meta} state={state} groupBy={state.groupBy} change={change} />
        </Suspense>
      ) : (
        <Records
          meta={meta}
          state={state}
          query={query.page}
          change={change}
          onCreate={() => setCreating(true)}
        />
      )}
      <Suspense>
        {creating && <RecordDialog meta={meta} onClose={() => setCreating(false)} />}
        {search.peek && (
          <Peek key={search.peek} meta={meta} id={search.peek} onClose={() => change({ peek: undefined })} />
        )}
      </Suspense>
    </div>
  )
}

/** Leaves out what is empty, so that the URL stays short. */
function clean(search: ListSearch): ListSearch {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as ListSearch
}

function useQueryText(meta: ObjectDetail, state: ListState) {
  const { objects } = useFieldSettings()
  return useMemo(() => {
    const kinds = literalKinds(meta.fields)
    const fields = pathsFor(meta, state.columns, objects)
    const statement = { object: meta.name, fields, filter: effectiveFilter(meta, state), sort: state.sort }
    return {
      page: selectText(statement, kinds),
      all: () =>
        selectText(
          { ...statement, fields: state.columns.flatMap((name) => exported(meta, name, objects)) },
          kinds,
        ),
    }
  }, [meta, state, objects])
}

/** An export names records instead of numbering them. */
function exported(
  meta: ObjectDetail,
  name: string,
  objects: ReturnType<typeof useFieldSettings>['objects'],
): string[] {
  const paths = pathsFor(meta, [name], objects).filter(
    (path) => path !== 'id' && (path !== meta.name_field || path === name),
  )
  return paths.length > 1 ? paths.slice(1) : paths
}

interface RecordsProps {
  meta: ObjectDetail
  state: ListState
  query: string
  change: (part: ListSearch) => void
  onCreate: () => void
}

function Records({ meta, state, query, change, onCreate }: RecordsProps) {
  const { t } = useTranslation()
  const phone = usePhone()
  const [selection, setSelection] = useState<RowSelectionState>({})
  const pages = useInfiniteQuery(queryPages(meta.name, query))
  const records = useMemo<RecordData[]>(
    () => pages.data?.pages.flatMap((page) => page.records) ?? [],
    [pages.data],
  )
  const total = pages.data?.pages[0]?.total ?? null
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  if (pages.isPending) return <SkeletonLines count={10} />
  if (pages.isError) {
    return (
      <Empty
        title={t('errors.title')}
        why={pages.error.message}
        action={<Button onClick={() => pages.refetch()}>{t('common.retry')}</Button>}
      />
    )
  }
  if (records.length === 0) return <NoRecords meta={meta} state={state} change={change} onCreate={onCreate} />
  const chosen = Object.keys(selection)
  return (
    <>
      {phone ? (
        <RecordCards
          meta={meta}
          records={records}
          columns={state.columns}
          hasMore={hasNextPage}
          loadMore={loadMore}
        />
      ) : (
        <RecordTable
          meta={meta}
          records={records}
          columns={state.columns}
          sort={state.sort}
          total={total}
          hasMore={hasNextPage}
          loadMore={loadMore}
          onSort={(sort) => change({ sort })}
          selection={selection}
          onSelection={setSelection}
          onPeek={(peek) => change({ peek })}
        />
      )}
      <footer className="list-foot">
        {chosen.length > 0 ? (
          <SelectionBar meta={meta} ids={chosen} onDone={() => setSelection({})} />
        ) : (
          <Total total={total} />
        )}
      </footer>
    </>
  )
}

function Total({ total }: { total: number | null }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  if (total === null) return null
  return (
    <span role="status">{t('common.total', { count: total, value: total.toLocaleString(language) })}</span>
  )
}

interface SelectionProps {
  meta: ObjectDetail
  ids: string[]
  onDone: () => void
}

function SelectionBar({ meta, ids, onDone }: SelectionProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const [asking, setAsking] = useState(false)
  const remove = async () => {
    setAsking(false)
    try {
      const { changeSet } = await deleteRecords(meta.name, ids)
      undoToast(t('list.deletedMany', { count: ids.length }), changeSet)
      onDone()
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <>
      <strong>{t('list.selected', { count: ids.length })}</strong>
      {meta.rights.delete && (
        <Button variant="danger" icon={<Trash2 size={14} aria-hidden />} onClick={() => setAsking(true)}>
          {t('list.deleteSelected')}
        </Button>
      )}
      <IconButton label={t('list.clearSelection')} onClick={onDone}>
        <X size={14} aria-hidden />
      </IconButton>
      {asking && (
        <ConfirmDialog
          title={t('list.deleteManyTitle', { count: ids.length })}
          text={t('list.deleteManyWhy')}
          confirm={t('common.delete')}
          danger
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

function NoRecords({ meta, state, change, onCreate }: Omit<RecordsProps, 'query'>) {
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
        meta.name !== fileObject && (
          <Button variant="primary" onClick={onCreate}>
            {t('list.create', { object: meta.label })}
          </Button>
        )
      }
    />
  )
}
