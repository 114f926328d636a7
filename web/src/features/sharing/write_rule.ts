// Changing one rule of an object by itself: whatever else others have changed meanwhile stays.
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/problem.ts'
import type { SharingRule } from '../../api/types.ts'
import { isSame } from '../roles/definition.ts'
import { replaceSharing, sharingQuery } from './data.ts'
import { definitionOf, errorsOfRule } from './definition.ts'

/** What came of it: written, changed by somebody else first, or what the server says is wrong with the rule. */
export type RuleWritten = 'written' | 'conflict' | Record<string, string>

const defined = ({ number, ...rule }: SharingRule) => rule

/** Puts a rule in the place of the one that was seen, or beside the others where none was; without a rule, the one that was seen goes. */
export async function writeRule(
  client: QueryClient,
  object: string,
  seen: SharingRule | undefined,
  rule: SharingRule | null,
): Promise<RuleWritten> {
  const { value, tag } = await client.fetchQuery({ ...sharingQuery(object), staleTime: 0 })
  const rules = value.rules ?? []
  const name = seen?.name ?? rule?.name
  const at = rules.findIndex((other) => other.name === name)
  const found = rules[at]
  if (seen ? !found || !isSame(defined(found), defined(seen)) : found) return 'conflict'
  const place = seen ? at : rules.length
  const next = rules.toSpliced(place, seen ? 1 : 0, ...(rule ? [rule] : []))
  try {
    await replaceSharing(definitionOf({ ...value, rules: next }), tag)
    return 'written'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 412) return 'conflict'
    const wrong = errorsOfRule(error.fieldErrors, place)
    if (Object.keys(wrong).length === 0) throw error
    return wrong
  }
}
