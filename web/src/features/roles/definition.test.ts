import { expect, it } from 'vitest'
import type { ObjectDetail, Role } from '../../api/types.ts'
import {
  apiName,
  changedObjects,
  definitionOf,
  isSame,
  newRole,
  restrictable,
  withField,
  withObject,
  withRight,
} from './definition.ts'

const label = { zh: '财务', en: 'Finance' }
const role: Role = {
  name: 'x_finance',
  label,
  kind: 'profile',
  users: 2,
  standard: false,
  editable: true,
  objects: { '*': { read: true }, account: { read: true, edit: true, scope: 'team' } },
  fields: { opportunity: { amount: { access: 'hidden' } } },
}

it('writes what a role says, not what is known of its use', () => {
  const blank = { ...role, description: { zh: '', en: '' } }
  expect(Object.keys(definitionOf(blank)).sort()).toEqual([
    'description',
    'fields',
    'kind',
    'label',
    'name',
    'objects',
  ])
  expect(definitionOf(blank).description).toBeUndefined()
  expect(definitionOf({ ...role, description: label }).description).toEqual(label)
})

it('couples the rights', () => {
  expect(withRight({}, 'edit', true)).toEqual({ read: true, edit: true })
  expect(withRight({}, 'modify_all', true)).toEqual({ read: true, view_all: true, modify_all: true })
  expect(withRight({ read: true, edit: true, view_all: true, scope: 'team' }, 'read', false)).toEqual({
    scope: 'team',
  })
  const all = { read: true, view_all: true, modify_all: true }
  expect(withRight(all, 'view_all', false)).toEqual({ read: true, view_all: false, modify_all: false })
  expect(withRight(all, 'modify_all', false)).toEqual({ ...all, modify_all: false })
})

it('names objects and fields, and forgets them without a trace', () => {
  expect(withObject(role, 'lead', { read: true }).objects?.lead).toEqual({ read: true })
  expect(Object.keys(withObject(role, 'account', undefined).objects ?? {})).toEqual(['*'])
  expect(withField(role, 'opportunity', 'amount', undefined).fields).toBeUndefined()
  expect(withField(role, 'opportunity', 'next_step', { access: 'read' }).fields?.opportunity).toEqual({
    amount: { access: 'hidden' },
    next_step: { access: 'read' },
  })
})

it('offers no field that is as open as its record', () => {
  const field = (name: string, system = false) => ({ name, system })
  const meta = {
    name_field: 'name',
    stage: { stage_field: 'stage', pipeline_field: 'pipeline', amount_field: 'amount' },
    fields: [
      field('id', true),
      field('name'),
      field('stage'),
      field('pipeline'),
      field('amount'),
      field('version', true),
    ],
  } as unknown as ObjectDetail
  expect(restrictable(meta).map(({ name }) => name)).toEqual(['amount'])
})

it('makes a free API name', () => {
  expect(apiName('Finance', new Set())).toBe('x_finance')
  expect(apiName('Sales & finance (north)', new Set())).toBe('x_sales_finance_north')
  expect(apiName('Finance', new Set(['x_finance', 'x_finance_2']))).toBe('x_finance_3')
  expect(apiName('财务', new Set())).toBe('x_role')
  const long = apiName('a word of a very long label indeed, and more', new Set(['x_a']))
  expect(long.length).toBeLessThanOrEqual(40)
  expect(long).toMatch(/^x(_[a-z0-9]+)+$/)
})

it('begins a role with the rights of another', () => {
  const copy = newRole('profile', 'x_copy', label, { zh: '', en: '' }, { ...role, export: true })
  expect(copy).toMatchObject({ name: 'x_copy', objects: role.objects, fields: role.fields, export: true })
  expect('description' in copy).toBe(false)
})

it('tells what differs, whatever the order, and that unsaid is not allowed', () => {
  expect(isSame({ a: 1, b: { read: true, edit: false } }, { b: { read: true }, a: 1 })).toBe(true)
  const other = withField(withObject(role, 'account', { read: true }), 'contact', 'mobile', {
    access: 'masked',
  })
  expect(changedObjects(role, other).sort()).toEqual(['account', 'contact'])
  expect(changedObjects(role, role)).toEqual([])
})
