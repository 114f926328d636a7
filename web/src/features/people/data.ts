// The directory: positions and who holds them, public groups and who is in them.
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

export const groupSizesQuery = allQuery(
  'group_member',
  'SELECT public_group_id, COUNT(id) n FROM group_member GROUP BY public_group_id',
)

export const membersQuery = (group: string) =>
  allQuery(
    'group_member',
    `SELECT id, member_id, member.name FROM group_member WHERE public_group_id = ${quote(group)} ORDER BY name ASC`,
  )
