// Those with whom something can be shared: users, and the teams, positions, groups and territories they are in.
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { queryPage } from '../../api/page_queries.ts'
import { idOf } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { selectText } from '../../lib/soql.ts'

/** Who can be in a public group or a territory. */
export const members = ['user', 'team', 'position', 'public_group']

export const grantees = [...members, 'territory']

/** What can be told of an id: its name once it is known, and what it is. */
export interface Named {
  id: string
  name: string | undefined
  kind: string | undefined
}

/** The ids with their names, in their order. */
export function useNamed(ids: string[]): Named[] {
  const { prefixes } = useFieldSettings()
  const objectOf = (id: string) => prefixes.get(id.slice(0, 3))
  const of = (object: string) => ids.filter((id) => objectOf(id)?.name === object).sort()
  const answers = useQueries({
    queries: grantees.map((object) => {
      const value = of(object)
      const filter = { field: 'id', op: 'in' as const, value }
      const q = selectText({ object, fields: ['id', 'name'], filter }, () => 'string')
      return {
        ...queryPage(object, q, 2_000),
        enabled: value.length > 0,
        placeholderData: keepPreviousData,
      }
    }),
  })
  const names = new Map(
    answers.flatMap(({ data }) => (data?.records ?? []).map((record) => [idOf(record), String(record.name)])),
  )
  return ids.map((id) => ({ id, name: names.get(id), kind: objectOf(id)?.label }))
}
