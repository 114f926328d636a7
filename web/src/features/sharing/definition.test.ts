import { expect, it } from 'vitest'
import type { Field, ObjectDetail, Sharing } from '../../api/types.ts'
import {
  changedParts,
  definitionOf,
  errorsOfRule,
  labelled,
  parentFields,
  ruleFilter,
  ruleName,
} from './definition.ts'

const rule = {
  name: 'big',
  label: { zh: '大单', en: 'Big deals' },
  filter: { field: 'amount', op: '>', value: '1' },
  with: ['005'],
  access: 'read' as const,
  number: 7,
}
const sharing: Sharing = {
  object: 'opportunity',
  default: 'private',
  hierarchy: true,
  manual: true,
  rules: [rule],
  pending: ['big'],
}

it('writes what is defined, not what is known of it', () => {
  const written = definitionOf(sharing)
  expect('pending' in written).toBe(false)
  expect(written.rules?.map((one) => 'number' in one)).toEqual([false])
})

it('names rules by their label, or counts them', () => {
  expect(ruleName('Big deals', new Set())).toBe('big_deals')
  expect(ruleName('Big deals', new Set(['big_deals']))).toBe('big_deals_2')
  expect(ruleName('大单', new Set())).toBe('rule_1')
  expect(ruleName('大单', new Set(['rule_1']))).toBe('rule_2')
  expect(ruleName('2026 大单', new Set(['rule_1', 'rule_2']))).toBe('rule_3')
})

it('keeps a translation that somebody made', () => {
  expect(labelled(undefined, '大单', false)).toEqual({ zh: '大单', en: '大单' })
  expect(labelled({ zh: '大单', en: '大单' }, 'Big', true)).toEqual({ zh: 'Big', en: 'Big' })
  expect(labelled(rule.label, 'Large', true)).toEqual({ zh: '大单', en: 'Large' })
  expect(labelled(rule.label, '大额', false)).toEqual({ zh: '大额', en: 'Big deals' })
})

it('tells what differs, whatever the order and the number', () => {
  expect(changedParts(sharing, { ...definitionOf(sharing), by_children: [] })).toEqual([])
  const other = { ...sharing, manual: false, rules: [{ ...rule, access: 'edit' as const }] }
  expect(changedParts(sharing, other)).toEqual(['ways', 'rules'])
  const parent = { field: 'account_id', access: 'same' as const }
  expect(changedParts(sharing, { ...sharing, default: 'read', parent })).toEqual(['default', 'parent'])
})

it('offers lookups to other objects as parents', () => {
  const field = (name: string, type: string, to: string[] | null) => ({ name, type, to }) as Field
  const meta = {
    name: 'account',
    fields: [
      field('name', 'text', null),
      field('parent_id', 'lookup', ['account']),
      field('owner_id', 'user', ['user']),
      field('team_id', 'lookup', ['team']),
      field('campaign_id', 'lookup', ['campaign']),
      field('related_to_id', 'lookup', ['account', 'contact']),
    ],
  } as ObjectDetail
  expect(parentFields(meta).map(({ name }) => name)).toEqual(['campaign_id'])
})

it('finds what the server says of a rule', () => {
  const errors = { 'rules[1].filter': 'a', 'rules[1].label.zh': 'b', 'rules[10].with': 'c', default: 'd' }
  expect(errorsOfRule(errors, 1)).toEqual({ filter: 'a', label: 'b' })
  expect(errorsOfRule(errors, 0)).toEqual({})
})

it('writes conditions that lack nothing, and numbers as numbers', () => {
  const kinds = (field: string) => (field === 'amount' ? ('number' as const) : ('string' as const))
  const amount = { field: 'amount', op: '>' as const, value: '1000.5' }
  const code = { field: 'code', op: '=' as const, value: '42' }
  const lacking = { field: 'name', op: '=' as const, value: '' }
  expect(ruleFilter({ all: [amount, lacking, { any: [code, lacking] }] }, kinds)).toEqual({
    all: [{ ...amount, value: 1000.5 }, { any: [code] }],
  })
  expect(ruleFilter({ not: amount }, kinds)).toEqual({ not: { ...amount, value: 1000.5 } })
  expect(ruleFilter({ all: [lacking] }, kinds)).toBeNull()
})
