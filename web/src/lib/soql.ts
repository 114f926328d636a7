// The one place that composes query text: quoting, conditions and whole SELECT statements.
import {
  type Condition,
  type Filter,
  type FilterValue,
  isComplete,
  isCondition,
  isLiteral,
  type Literal,
  type Scalar,
  type SortKey,
} from './filter.ts'

/** How a value of a field is written: dates and numbers stand bare, everything else is quoted. */
export type LiteralKind = 'string' | 'number' | 'date' | 'boolean'
export type KindOf = (path: string) => LiteralKind

/** Quotes a string for query text. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Quotes a LIKE pattern in which `text` stands for itself: its own wildcards are escaped. */
export function quoteLike(before: string, text: string, after: string): string {
  return `'${before}${text.replace(/[\\'%_]/g, '\\$&')}${after}'`
}

const identifier = /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$/
const bareNumber = /^-?\d+(\.\d+)?$/
const bareDate = /^\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:\d{2})?)?$/
const bareLiteral = /^[A-Z][A-Z_]*(:\d+)?$/

function path(name: string): string {
  if (!identifier.test(name)) throw new Error(`not a field path: ${name}`)
  return name
}

function literal(value: Scalar | Literal, kind: LiteralKind): string {
  if (isLiteral(value)) {
    if (!bareLiteral.test(value.literal)) throw new Error(`not a literal: ${value.literal}`)
    return value.literal
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  const text = String(value)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text
  if ((kind === 'number' || typeof value === 'number') && bareNumber.test(text)) return text
  if (kind === 'date' && bareDate.test(text)) return text
  return quote(text)
}

function list(value: FilterValue | undefined, kind: LiteralKind): string {
  const values = Array.isArray(value) ? value : [value ?? '']
  return `(${values.map((item) => literal(item, kind)).join(', ')})`
}

const textOf = (value: FilterValue | undefined): string =>
  value === null || value === undefined || isLiteral(value) ? '' : String(value)

function condition(node: Condition, kindOf: KindOf): string | null {
  if (!isComplete(node)) return null
  const field = path(node.field)
  const kind = kindOf(node.field)
  switch (node.op) {
    case 'is_null':
      return `${field} = null`
    case 'not_null':
      return `${field} != null`
    case 'contains':
      return `${field} LIKE ${quoteLike('%', textOf(node.value), '%')}`
    case 'starts_with':
      return `${field} LIKE ${quoteLike('', textOf(node.value), '%')}`
    case 'in':
      return `${field} IN ${list(node.value, kind)}`
    case 'not_in':
      return `${field} NOT IN ${list(node.value, kind)}`
    case 'includes':
      return `${field} INCLUDES ${list(node.value, kind)}`
    case 'excludes':
      return `${field} EXCLUDES ${list(node.value, kind)}`
    default: {
      const value = Array.isArray(node.value) ? node.value[0] : node.value
      return value === null || value === undefined ? null : `${field} ${node.op} ${literal(value, kind)}`
    }
  }
}

/** The text of a filter, or null when nothing in it is complete. */
export function filterText(filter: Filter | null, kindOf: KindOf): string | null {
  if (!filter) return null
  if (isCondition(filter)) return condition(filter, kindOf)
  if ('not' in filter) {
    const inner = filterText(filter.not, kindOf)
    return inner && `NOT (${inner})`
  }
  const [parts, word] = 'all' in filter ? [filter.all, ' AND '] : [filter.any, ' OR ']
  const texts = parts.map((part) => filterText(part, kindOf)).filter((text) => text !== null)
  if (texts.length === 0) return null
  return texts.length === 1 ? (texts[0] ?? null) : `(${texts.join(word)})`
}

export interface Select {
  object: string
  /** Field paths or aggregate expressions built by this module's callers, such as `COUNT(id) n`. */
  fields: string[]
  filter?: Filter | null
  groupBy?: string
  sort?: SortKey[]
  /** Records without a value come last, whichever way is sorted. */
  emptyLast?: boolean
  limit?: number
}

/** The text of a whole statement. */
export function selectText(select: Select, kindOf: KindOf): string {
  const parts = [`SELECT ${select.fields.join(', ')} FROM ${path(select.object)}`]
  const where = filterText(select.filter ?? null, kindOf)
  if (where) parts.push(`WHERE ${where}`)
  if (select.groupBy) parts.push(`GROUP BY ${path(select.groupBy)}`)
  if (select.sort?.length) {
    const ascending = select.emptyLast ? 'ASC NULLS LAST' : 'ASC'
    const keys = select.sort.map((key) => `${path(key.field)} ${key.desc ? 'DESC NULLS LAST' : ascending}`)
    parts.push(`ORDER BY ${keys.join(', ')}`)
  }
  if (select.limit !== undefined) parts.push(`LIMIT ${select.limit}`)
  return parts.join(' ')
}
