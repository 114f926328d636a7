// The filter tree of lists and boards, as it is kept in views and in the URL.

const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'contains',
  'starts_with',
  'in',
  'not_in',
  'includes',
  'excludes',
  'is_null',
  'not_null',
] as const

export type Operator = (typeof operators)[number]

/** A date literal such as `THIS_MONTH` or `LAST_N_DAYS:30`, or `ME`. */
export interface Literal {
  literal: string
}

export type Scalar = string | number | boolean
export type FilterValue = Scalar | Literal | Array<Scalar | Literal> | null

export interface Condition {
  field: string
  op: Operator
  value?: FilterValue
}

export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Condition

export interface SortKey {
  field: string
  desc: boolean
}

export function isLiteral(value: unknown): value is Literal {
  return typeof value === 'object' && value !== null && 'literal' in value
}

export function isCondition(filter: Filter): filter is Condition {
  return 'field' in filter
}

/** True when the operator takes no value. */
export function isUnary(op: Operator): boolean {
  return op === 'is_null' || op === 'not_null'
}

/** True when the operator takes a list of values. */
export function isListOperator(op: Operator): boolean {
  return op === 'in' || op === 'not_in' || op === 'includes' || op === 'excludes'
}

/** Reads a filter that came from outside (URL or server); anything malformed becomes null. */
export function parseFilter(value: unknown): Filter | null {
  if (typeof value !== 'object' || value === null) return null
  const node = value as Record<string, unknown>
  if (Array.isArray(node.all)) return { all: parseMany(node.all) }
  if (Array.isArray(node.any)) return { any: parseMany(node.any) }
  if ('not' in node) {
    const inner = parseFilter(node.not)
    return inner && { not: inner }
  }
  if (typeof node.field !== 'string') return null
  const op = operators.find((candidate) => candidate === node.op)
  if (!op) return null
  return { field: node.field, op, value: (node.value ?? null) as FilterValue }
}

function parseMany(list: unknown[]): Filter[] {
  return list.map(parseFilter).filter((filter) => filter !== null)
}

/** True when a condition has all it needs to be put into a query. */
export function isComplete(condition: Condition): boolean {
  if (isUnary(condition.op)) return true
  const { value } = condition
  if (value === null || value === undefined || value === '') return false
  return !Array.isArray(value) || value.length > 0
}

/** Joins two filters with AND, leaving out what is empty. */
export function both(left: Filter | null, right: Filter | null): Filter | null {
  if (!left) return right
  if (!right) return left
  return { all: [left, right] }
}

/** The fields that a filter asks about. */
export function fieldsOf(filter: Filter): string[] {
  if (isCondition(filter)) return [filter.field]
  if ('not' in filter) return fieldsOf(filter.not)
  return ('all' in filter ? filter.all : filter.any).flatMap(fieldsOf)
}

/** The filter without conditions that lack something; null when nothing is left. */
export function completed(filter: Filter | null): Filter | null {
  if (!filter) return null
  if (isCondition(filter)) return isComplete(filter) ? filter : null
  if ('not' in filter) {
    const inner = completed(filter.not)
    return inner && { not: inner }
  }
  const parts = ('all' in filter ? filter.all : filter.any).map(completed).filter((part) => part !== null)
  if (parts.length === 0) return null
  return 'all' in filter ? { all: parts } : { any: parts }
}

/** The number of conditions in a filter, for the badge of the filter button. */
export function countConditions(filter: Filter | null): number {
  if (!filter) return 0
  if (isCondition(filter)) return isComplete(filter) ? 1 : 0
  if ('not' in filter) return countConditions(filter.not)
  const list = 'all' in filter ? filter.all : filter.any
  return list.reduce((sum, item) => sum + countConditions(item), 0)
}
