// Search-as-you-type over the objects a reference may point to.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queryPage } from '../../api/page_queries.ts'
import { selectText } from '../../lib/soql.ts'
import type { Option } from '../../ui/combobox.tsx'
import { useFieldSettings } from '../context.tsx'
import { type Target, targetsOf } from './paths.ts'

const asText = () => 'string' as const

/** The text a moment after the last key, so that not every key asks the server. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 150)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

export function useLookupOptions(field: Target, typed: string, enabled: boolean) {
  const { objects } = useFieldSettings()
  const text = useSettled(typed)
  const results = useQueries({
    queries: targetsOf(field).map((object) => {
      const name = objects.get(object)?.name_field ?? 'name'
      const q = selectText(
        {
          object,
          fields: ['id', name],
          filter: text ? { field: name, op: 'contains', value: text } : null,
          sort: [{ field: name, desc: false }],
          limit: 20,
        },
        asText,
      )
      return { ...queryPage(object, q, 20), enabled, placeholderData: keepPreviousData }
    }),
  })
  const several = results.length > 1
  const options: Option[] = results.flatMap((result, index) => {
    const object = targetsOf(field)[index] ?? ''
    const summary = objects.get(object)
    const name = summary?.name_field ?? 'name'
    return (result.data?.records ?? []).map((record) => ({
      value: String(record.id),
      label: String(record[name] ?? record.id),
      hint: several ? summary?.label : undefined,
    }))
  })
  return { options, loading: results.some((result) => result.isFetching) || text !== typed }
}

/** The name of the record with an id, where the record at hand does not bring it. */
export function useNameOf(field: Target, id: string | null): string | undefined {
  const { objects, prefixes } = useFieldSettings()
  const object = (id && prefixes.get(id.slice(0, 3))?.name) || targetsOf(field)[0] || ''
  const name = objects.get(object)?.name_field ?? 'name'
  const q = selectText(
    { object: object || 'user', fields: ['id', name], filter: { field: 'id', op: '=', value: id ?? '' } },
    asText,
  )
  const found = useQuery({ ...queryPage(object, q, 1), enabled: id !== null && object !== '' })
  const record = found.data?.records[0]
  return record ? String(record[name] ?? '') : undefined
}
