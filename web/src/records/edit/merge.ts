// Saving over what somebody else saved meanwhile: fields that only one of both changed go together by themselves.
import type { Written } from '../../api/client.ts'
import { updateRecord } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import type { RecordData } from '../../api/types.ts'

export const same = (left: unknown, right: unknown) =>
  JSON.stringify(left ?? null) === JSON.stringify(right ?? null)

/** The fields whose value differs from the record's. */
export function changes(before: RecordData, after: RecordData): RecordData {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !same(value, before[name])))
}

/** The fields that somebody else changed since the record was opened and that are to be changed here too. */
export function collisions(opened: RecordData, current: RecordData, mine: RecordData): string[] {
  return Object.keys(mine).filter(
    (name) => !same(opened[name], current[name]) && !same(mine[name], current[name]),
  )
}

/** Changes a record; only where somebody else has changed the same fields since it was opened, the refusal (412) is thrown. */
export async function updateMerged(
  object: string,
  opened: RecordData,
  change: RecordData,
): Promise<Written<RecordData>> {
  const id = String(opened.id)
  try {
    return await updateRecord(object, id, change, opened.version)
  } catch (error) {
    const current = error instanceof ApiError ? error.current : null
    if (!current || collisions(opened, current, change).length > 0) throw error
    return await updateRecord(object, id, change, current.version)
  }
}
