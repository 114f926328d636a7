// A hint while a record is typed: others that have the same number, address or name. It never stands in the way.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { phoneText } from '../../fields/phone/show.tsx'
import { literalKinds } from '../../fields/registry.ts'
import type { Condition, Filter } from '../../lib/filter.ts'
import { selectText } from '../../lib/soql.ts'
import { nameOf } from '../meta.ts'

const shown = 5
const settle = 300
/** Shorter names say too little. */
const shortest = 2

/** Whether a field tells one record from the others. */
const identifies = (meta: ObjectDetail, field: Field) =>
  field.filterable &&
  (field.unique ||
    field.external_key ||
    field.type === 'phone' ||
    field.type === 'email' ||
    (field.name === meta.name_field && field.type === 'text'))

/** What others would have in common with these values; null when nothing typed so far tells records apart. */
function similarTo(meta: ObjectDetail, typed: RecordData): Filter | null {
  const conditions = meta.fields.flatMap((field): Condition[] => {
    const raw = typed[field.name]
    const text = (field.type === 'phone' ? phoneText(raw) : typeof raw === 'string' ? raw : '').trim()
    if (!identifies(meta, field) || text.length < shortest) return []
    const exact = field.unique || field.external_key || field.type === 'email' || field.type === 'phone'
    return [{ field: field.name, op: exact ? '=' : 'contains', value: text }]
  })
  return conditions.length > 0 ? { any: conditions } : null
}

interface SimilarProps {
  meta: ObjectDetail
  /** The values that were typed, without those that the record had before. */
  typed: RecordData
  /** The record that is edited, which is not similar to itself. */
  own?: string
}

export function Similar({ meta, typed, own }: SimilarProps) {
  const { t } = useTranslation()
  const q = useSettled(
    useMemo(() => {
      const filter = similarTo(meta, typed)
      if (!filter) return ''
      const fields = [...new Set(['id', meta.name_field])]
      return selectText({ object: meta.name, fields, filter }, literalKinds(meta.fields))
    }, [meta, typed]),
  )
  const { data } = useQuery({ ...queryPage(meta.name, q, shown + 1), enabled: q !== '', retry: false })
  const found = (q === '' ? [] : (data?.records ?? []))
    .filter((record) => idOf(record) !== own)
    .slice(0, shown)
  return (
    <div role="status" className={found.length > 0 ? 'banner banner-warn similar' : 'sr-only'}>
      {found.length > 0 && (
        <>
          {t('similar.title')}
          <ul>
            {found.map((record) => (
              <li key={idOf(record)}>
                <a className="link" href={`/o/${meta.name}/${idOf(record)}`} target="_blank" rel="noopener">
                  {nameOf(record, meta.name_field)}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** The text a moment after it last changed. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settle)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
