// Changing how an object is shared: what is written of it, names of rules, what differs.
import type { Field, ObjectDetail, Sharing, SharingDefinition, SharingRule } from '../../api/types.ts'
import { completed, type Filter, type FilterValue } from '../../lib/filter.ts'
import type { KindOf } from '../../lib/soql.ts'
import { isSame, slugOf } from '../roles/definition.ts'
import { isAdministered } from '../roles/reach.ts'

export const defaults = ['private', 'read', 'edit'] as const
export const parentGives = ['read', 'same'] as const

/** What is written: without what is only known of the rules' records. */
export function definitionOf({ pending, ...sharing }: Sharing): SharingDefinition {
  return { ...sharing, rules: sharing.rules?.map(({ number, ...rule }) => rule) }
}

/** A free API name for a rule, made of its label where that has Latin letters. */
export function ruleName(label: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(label)
  const base = /^[a-z]/.test(slug) ? slug : 'rule'
  let name = slug === base ? base : 'rule_1'
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
  return name
}

/** The text in both languages: what nobody has translated yet follows it. */
export function labelled(was: SharingRule['label'] | undefined, text: string, english: boolean) {
  if (!was || was.zh === was.en) return { zh: text, en: text }
  return english ? { ...was, en: text } : { ...was, zh: text }
}

/** The parts of the definition, as they are shown one below the other. */
const parts = ['default', 'ways', 'parent', 'children', 'rules'] as const
type Part = (typeof parts)[number]

const partOf = (definition: SharingDefinition): Record<Part, unknown> => ({
  default: definition.default ?? 'private',
  ways: [definition.hierarchy ?? true, definition.manual ?? true],
  parent: definition.parent ?? null,
  children: definition.by_children ?? [],
  rules: (definition.rules ?? []).map(({ number, ...rule }) => rule),
})

/** The parts in which two definitions differ. */
export function changedParts(left: SharingDefinition, right: SharingDefinition): Part[] {
  const [before, after] = [partOf(left), partOf(right)]
  return parts.filter((part) => !isSame(before[part], after[part]))
}

/** The lookups by which records can go with another record: not with one of their own kind, nor with what only administrators write. */
export const parentFields = ({ name, fields }: ObjectDetail): Field[] =>
  fields.filter(
    ({ type, to }) =>
      type === 'lookup' && to?.length && !to.includes(name) && !to.every((target) => isAdministered(target)),
  )

/** What changes with every edit of a record, and so says nothing of it. */
const restless = ['updated_at', 'updated_by_id', 'version']

/** The object with the fields alone that a rule can go by. */
export const ruleMeta = (meta: ObjectDetail): ObjectDetail => ({
  ...meta,
  fields: meta.fields.filter(({ name }) => !restless.includes(name)),
})

const asNumber = (value: unknown) => (typeof value === 'string' && value !== '' ? Number(value) : value)

/** The condition of a rule as it is written: what lacks nothing, with numbers for fields that hold numbers. */
export function ruleFilter(filter: Filter | null, kindOf: KindOf): Filter | null {
  const typed = (node: Filter): Filter => {
    if ('not' in node) return { not: typed(node.not) }
    if ('all' in node) return { all: node.all.map(typed) }
    if ('any' in node) return { any: node.any.map(typed) }
    if (kindOf(node.field) !== 'number') return node
    const { value } = node
    const numbers = Array.isArray(value) ? value.map(asNumber) : asNumber(value)
    return { ...node, value: numbers as FilterValue }
  }
  const whole = completed(filter)
  return whole && typed(whole)
}

/** What the server says of a rule, by its members, from what it says of all. */
export function errorsOfRule(errors: Record<string, string>, index: number): Record<string, string> {
  const start = `rules[${index}].`
  const entries = Object.entries(errors).filter(([at]) => at.startsWith(start))
  return Object.fromEntries(
    entries.map(([at, text]) => [at.slice(start.length).split(/[.[]/)[0] ?? '', text]),
  )
}
