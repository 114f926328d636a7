import { expect, it } from 'vitest'
import type { Role } from '../../api/types.ts'
import { fieldReach, maySystem, namedFields, objectReach, rolesOf, sameField } from './reach.ts'

const role = (name: string, rest: Partial<Role>): Role => ({
  name,
  label: { zh: name, en: name },
  kind: 'profile',
  users: 0,
  standard: false,
  editable: true,
  ...rest,
})
const administrator = role('administrator', { administrator: true })
const sales = role('sales', {
  objects: { '*': { read: true, create: true, edit: true, scope: 'setting' }, product: { read: true } },
  fields: { opportunity: { amount: { access: 'hidden' } }, contact: { mobile: { access: 'masked' } } },
})
const finance = role('finance', {
  kind: 'permission_set',
  export: true,
  objects: { opportunity: { read: true, scope: 'all' }, user: { read: true, edit: true } },
  fields: { opportunity: { amount: { access: 'edit', scope: 'team' } } },
})
const all = [administrator, sales, finance]

it('finds the roles of a user, and none without a profile', () => {
  expect(rolesOf(all, 'sales', ['finance', 'gone'])).toEqual([sales, finance])
  expect(rolesOf(all, 'sales', null)).toEqual([sales])
  expect(rolesOf(all, 'gone', ['finance'])).toEqual([])
  expect(rolesOf(all, 'finance', [])).toEqual([])
})

it('takes of every right the widest, never narrower than the setting', () => {
  const nothing = { read: null, create: null, edit: null, delete: null }
  expect(objectReach([sales], 'account', 'own')).toEqual({
    read: 'own',
    create: 'own',
    edit: 'own',
    delete: null,
  })
  expect(objectReach([sales, finance], 'opportunity', 'own')).toEqual({
    read: 'all',
    create: 'own',
    edit: 'own',
    delete: null,
  })
  expect(objectReach([sales], 'product', 'team')).toEqual({ ...nothing, read: 'team' })
  expect(objectReach([sales, finance], 'user', 'own')).toEqual({ ...nothing, read: 'own' })
  expect(objectReach([], 'account', 'all')).toEqual(nothing)
  expect(objectReach([administrator], 'team', 'own').edit).toBe('all')
})

it('lets "view all" and "modify all" go beyond the scope', () => {
  const rights = { read: true, edit: true, scope: 'own' } as const
  const with_ = (more: object) => [role('r', { objects: { account: { ...rights, ...more } } })]
  expect(objectReach(with_({ view_all: true }), 'account', 'own')).toMatchObject({ read: 'all', edit: 'own' })
  expect(objectReach(with_({ modify_all: true }), 'account', 'own')).toMatchObject({
    read: 'all',
    edit: 'all',
    delete: null,
  })
})

it('closes fields by the profile and opens them by permission sets', () => {
  expect(fieldReach([sales], 'opportunity', 'amount')).toEqual({ read: null, masked: false, edit: null })
  expect(fieldReach([sales, finance], 'opportunity', 'amount')).toEqual({
    read: 'team',
    masked: true,
    edit: 'team',
  })
  expect(fieldReach([sales], 'contact', 'mobile')).toEqual({ read: null, masked: true, edit: null })
  expect(fieldReach([sales], 'contact', 'email')).toEqual({ read: 'all', masked: false, edit: 'all' })
  expect(fieldReach([], 'contact', 'email').read).toBeNull()
  expect(fieldReach([administrator], 'opportunity', 'amount').edit).toBe('all')
})

it('sees no difference where one way to say it is as good as the other', () => {
  const named = role('n', { fields: { contact: { mobile: { access: 'edit' } } } })
  const pair = [named, sales].map((profile) => fieldReach([profile], 'contact', 'mobile'))
  const [explicit, hidden] = pair
  if (!explicit || !hidden) throw new Error('two were asked for')
  expect(sameField(explicit, fieldReach([role('m', {})], 'contact', 'mobile'))).toBe(true)
  expect(sameField(explicit, hidden)).toBe(false)
})

it('knows what the roles name and what they allow beside records', () => {
  expect(namedFields([sales, finance])).toEqual([
    { object: 'contact', field: 'mobile' },
    { object: 'opportunity', field: 'amount' },
  ])
  expect(maySystem([sales, finance], 'export')).toBe(true)
  expect(maySystem([sales], 'export')).toBe(false)
  expect(maySystem([administrator], 'view_audit')).toBe(true)
})
