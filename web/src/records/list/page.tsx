// The list of an object: header, toolbar, and below them a table, cards, a board or a calendar of the same records.
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Upload } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, objectQuery, viewsQuery } from '../../api/queries.ts'
import type { ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { literalKinds } from '../../fields/registry.ts'
import { selectText } from '../../lib/soql.ts'
import { Button } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { LookupCreator } from '../edit/lookup_creator.tsx'
import { canBeCards, pathsFor } from '../meta.ts'
import { fileObject, UploadButton } from '../upload_button.tsx'
import { ExportButton } from './export_button.tsx'
import './list.css'
import { Records } from './records.tsx'
import type { ListSearch } from './search.ts'
import { effectiveFilter, type ListState, listState } from './state.ts'
import { Toolbar } from './toolbar.tsx'
import { ViewSwitcher } from './views.tsx'

const Calendar = lazy(() => import('../calendar/calendar.tsx'))
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
    <LookupCreator>
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
              className="btn btn-icon wide-only"
              aria-label={t('list.import')}
              title={t('list.import')}
            >
              <Upload size={16} aria-hidden />
            </Link>
          )}
          {me?.rights.export && (
            <ExportButton query={query.all} title={meta.label_plural} cards={canBeCards(meta)} />
          )}
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
        ) : state.kind === 'calendar' && state.date ? (
          <Suspense fallback={<SkeletonLines />}>
            <Calendar meta={meta} state={state} search={search} date={state.date} change={change} />
          </Suspense>
        ) : (
          <Records
            meta={meta}
            state={state}
            query={query.page}
            count={query.count}
            all={query.all}
            peek={search.peek}
            change={change}
            onCreate={() => setCreating(true)}
          />
        )}
        <Suspense>
          {creating && <RecordDialog meta={meta} onClose={() => setCreating(false)} />}
          {search.peek && state.kind !== 'list' && (
            <Peek
              key={search.peek}
              meta={meta}
              id={search.peek}
              onClose={() => change({ peek: undefined })}
            />
          )}
        </Suspense>
      </div>
    </LookupCreator>
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
    const fields = [...pathsFor(meta, state.columns, objects), 'version']
    const statement = { object: meta.name, fields, filter: effectiveFilter(meta, state), sort: state.sort }
    return {
      page: selectText(statement, kinds),
      count: selectText({ object: meta.name, fields: ['COUNT(id) n'], filter: statement.filter }, kinds),
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
