// The rules of all objects by the territories to which they open records.
import type { Sharing, SharingRule } from '../../api/types.ts'

export interface TerritoryRule {
  object: string
  rule: SharingRule
  /** Whether its records are still being looked for. */
  pending: boolean
}

export const rulesFor = (territory: string, all: Sharing[]): TerritoryRule[] =>
  all.flatMap(({ object, rules = [], pending }) =>
    rules
      .filter((rule) => rule.with.includes(territory))
      .map((rule) => ({ object, rule, pending: pending.includes(rule.name) })),
  )
