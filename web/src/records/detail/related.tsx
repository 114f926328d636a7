// The lists of records that point at this one, as the layout names them, with a way to add to each.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import { idOf, type ObjectDetail, type RecordData, type RelatedList } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { fieldType, literalKinds } from '../../fields/registry.ts'
import { selectText } from '../../lib/soql.ts'
import { IconButton } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { FilesSection } from '../files/section.tsx'
import { defaultColumns, fieldOfColumn, nameOf, pathsFor } from '../meta.ts'
import { fileObject } from '../upload_button.tsx'
import { Value } from '../value.tsx'

const RecordDialog = lazy(() => import('../edit/record_dialog.tsx'))
const shownRows = 6

interface RelatedProps {
  meta: ObjectDetail
  record: RecordData
  id: string
}

export function RelatedLists({ meta, record, id }: RelatedProps) {
  return (
    <div className="related-lists">
      <FilesSection meta={meta} id={id} />
      {meta.layout.related
        .filter((list) => list.object !== fileObject)
        .map((list) => (
          <Related key={`${list.object}.${list.field}`} list={list} parent={meta} record={record} id={id} />
        ))}
    </div>
  )
}

function Related({
  list,
  parent,
  record,
  id,
}: {
  list: RelatedList
  parent: ObjectDetail
  record: RecordData
  id: string
}) {
  const { data: meta } = useQuery(objectQuery(list.object))
  return (
    <section className="related" aria-label={list.label}>
      {meta ? (
        <RelatedTable meta={meta} list={list} parent={parent} record={record} id={id} />
      ) : (
        <div className="related-head">
          <h2>{list.label}</h2>
          <Skeleton width={120} />
        </div>
      )}
    </section>
  )
}

interface TableProps extends RelatedProps {
  list: RelatedList
  parent: ObjectDetail
}

function RelatedTable({ meta, list, parent, record, id }: TableProps) {
  const { t } = useTranslation()
  const { objects, language } = useFieldSettings()
  const [creating, setCreating] = useState(false)
  const columns = (list.columns.length > 0 ? list.columns : defaultColumns(meta))
    .map((column) => fieldOfColumn(meta, column))
    .filter((field) => field !== undefined)
    .filter((field) => field.name !== list.field)
  const names = columns.map((field) => field.name)
  const kinds = literalKinds(meta.fields)
  const filter = { field: list.field, op: '=' as const, value: id }
  const sort = [{ field: 'updated_at', desc: true }]
  const rows = useQuery(
    queryPage(
      list.object,
      selectText({ object: list.object, fields: pathsFor(meta, names, objects), filter, sort }, kinds),
      shownRows,
    ),
  )
  const counted = useQuery(
    queryPage(list.object, selectText({ object: list.object, fields: ['COUNT(id) n'], filter }, kinds), 1),
  )
  const count = Number(counted.data?.records[0]?.n ?? rows.data?.records.length ?? 0)
  const records = rows.data?.records ?? []
  return (
    <>
      <div className="related-head" data-module={meta.module}>
        <span className="object-badge small">
          <ObjectIcon name={meta.icon} size={13} />
        </span>
        <h2>{list.label}</h2>
        {counted.data && <span className="form-help">{count.toLocaleString(language)}</span>}
        <span className="spring" />
        {count > records.length && (
          <Link className="link" to="/o/$object" params={{ object: meta.name }} search={{ filter }}>
            {t('record.viewAll')}
          </Link>
        )}
        {meta.rights.create && (
          <IconButton
            small
            label={t('record.newRelated', { object: meta.label })}
            onClick={() => setCreating(true)}
          >
            <Plus size={15} aria-hidden />
          </IconButton>
        )}
      </div>
      {records.length === 0 ? (
        <p className="related-empty">
          {rows.isPending ? '…' : t('record.relatedEmpty', { label: list.label })}
        </p>
      ) : (
        <div className="wide-scroll">
          <table className="plain-table">
            <thead>
              <tr>
                {columns.map((field) => (
                  <th key={field.name} scope="col" className={fieldType(field.type).column.align}>
                    {field.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {records.map((row) => (
                <tr key={idOf(row)}>
                  {columns.map((field) => (
                    <td key={field.name} className={fieldType(field.type).column.align}>
                      {field.name === meta.name_field ? (
                        <Link
                          className="name-link"
                          to="/o/$object/$id"
                          params={{ object: meta.name, id: idOf(row) }}
                        >
                          {nameOf(row, meta.name_field)}
                        </Link>
                      ) : (
                        <Value field={field} record={row} mode="cell" />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Suspense>
        {creating && (
          <RecordDialog
            meta={meta}
            stay
            defaults={{
              [list.field]: id,
              [list.field.replace(/_id$/, '')]: { name: nameOf(record, parent.name_field) },
            }}
            onClose={() => setCreating(false)}
          />
        )}
      </Suspense>
    </>
  )
}
