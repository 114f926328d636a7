// Queues: users that cannot sign in, but own records until one of those who serve the queue takes them.
import { queryPage } from '../../api/page_queries.ts'

const minute = 60_000

/** All queues with those who serve them. They change seldom, and any page of a record asks for them. */
export const queuesQuery = {
  ...queryPage(
    'user',
    'SELECT id, name, served_by_id, served_by.name FROM user WHERE served_by_id != null ORDER BY name ASC',
    2_000,
  ),
  staleTime: 5 * minute,
}
