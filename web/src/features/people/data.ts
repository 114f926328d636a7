// The directory: positions and who holds them, public groups and territories and who is in them.
import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '../../api/client.ts'
import type { Page, RecordData } from '../../api/types.ts'
import { quote } from '../../lib/soql.ts'

const pageSize = 2_000

/** All records of a query, page after page. */
const allQuery = (object: string, q: string) =>
  queryOptions({
    queryKey: ['records', object, 'all', q],
    queryFn: async (): Promise<Page> => {
      const records: RecordData[] = []
      let cursor: string | null = null
      do {
        const page: { records: RecordData[]; next?: string | null } = await unwrap(
          client.POST('/api/v1/query', { body: { q, cursor, limit: pageSize } }),
        )
        records.push(...page.records)
        cursor = page.next ?? null
      } while (cursor)
      return { records, next: null }
    },
    staleTime: 5_000,
  })

export const positionsQuery = allQuery(
  'position',
  'SELECT id, name, parent_id FROM position ORDER BY name ASC',
)

export const holdersQuery = allQuery(
  'user',
  'SELECT id, name, position_id FROM user WHERE position_id != null ORDER BY name ASC',
)

export const groupsQuery = allQuery(
  'public_group',
  'SELECT id, name, description FROM public_group ORDER BY name ASC',
)

export const territoriesQuery = allQuery(
  'territory',
  'SELECT id, name, parent_id, description FROM territory ORDER BY name ASC',
)

/** What has members: the object that says who is in it, and how that leads to it. */
export interface Membership {
  object: string
  field: string
}

export const inGroup: Membership = { object: 'group_member', field: 'public_group_id' }
export const inTerritory: Membership = { object: 'territory_member', field: 'territory_id' }

export const sizesQuery = ({ object, field }: Membership) =>
  allQuery(object, `SELECT ${field}, COUNT(id) n FROM ${object} GROUP BY ${field}`)

/** How many members each has, from the answer to that. */
export const sizesOf = (page: Page | undefined, { field }: Membership) =>
  new Map(page?.records.map((record) => [String(record[field]), Number(record.n)]))

export const membersQuery = ({ object, field }: Membership, of: string) =>
  allQuery(
    object,
    `SELECT id, member_id, member.name FROM ${object} WHERE ${field} = ${quote(of)} ORDER BY name ASC`,
  )
