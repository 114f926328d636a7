// The names of records of any object, by their ids; those that are gone or out of reach have none.
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { queryPage } from '../api/page_queries.ts'
import { idOf } from '../api/types.ts'
import { useFieldSettings } from '../fields/context.tsx'
import { selectText } from '../lib/soql.ts'

export function useRecordNames(ids: string[]): Map<string, string> {
  const { prefixes } = useFieldSettings()
  const unique = [...new Set(ids)].sort()
  const kinds = [...new Set(unique.map((id) => id.slice(0, 3)))]
  return useQueries({
    queries: kinds.flatMap((prefix) => {
      const object = prefixes.get(prefix)
      if (!object) return []
      const { name, name_field } = object
      const value = unique.filter((id) => id.startsWith(prefix))
      const filter = { field: 'id', op: 'in' as const, value }
      const q = selectText({ object: name, fields: ['id', name_field], filter }, () => 'string')
      return [
        {
          ...queryPage(name, q, 2_000),
          placeholderData: keepPreviousData,
          select: ({ records }: { records: Record<string, unknown>[] }) =>
            records.map((record) => [idOf(record), String(record[name_field] ?? '')] as const),
        },
      ]
    }),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => data ?? []).filter(([, name]) => name !== '')),
  })
}
