import { expect, it } from 'vitest'
import type { Field, Import, ImportColumn, ObjectDetail } from '../../api/types.ts'
import {
  fieldsWithoutColumn,
  mapColumn,
  mappingOf,
  missingRequired,
  startMapping,
  unknownValues,
} from './mapping.ts'

const column = (index: number, header: string, field?: string) =>
  ({ index, header, samples: [], distinct: [], suggested: field ? { header, field } : null }) as ImportColumn
const columns = [column(0, '名称', 'name'), column(1, '客户', 'account_id'), column(2, '?')]
const item = { columns, mapping: null } as unknown as Import
const field = (name: string, type = 'text', required = false) => ({ name, type, required }) as Field
const meta = { fields: [field('name', 'text', true), field('account_id', 'lookup')] } as ObjectDetail

it('starts from what the server suggests', () => {
  const mapping = startMapping(item)
  expect(mapping.columns.map((entry) => [entry.index, entry.field])).toEqual([
    [0, 'name'],
    [1, 'account_id'],
  ])
})

it('gives a field to one column only, and looks references up by name', () => {
  const [, , third] = columns
  const mapping = mapColumn(startMapping(item), third as ImportColumn, field('account_id', 'lookup'))
  expect(mapping.columns.filter((entry) => entry.field === 'account_id')).toEqual([
    { index: 2, field: 'account_id', match: 'name', missing: 'refuse' },
  ])
})

it('says which required fields are still missing', () => {
  const [first] = columns
  const mapping = mapColumn(startMapping(item), first as ImportColumn, null)
  expect(mappingOf(mapping, first as ImportColumn)).toBeUndefined()
  expect(missingRequired(meta, mapping).map((entry) => entry.name)).toEqual(['name'])
})

it('asks for a default where a required text has no column, and shows those there are', () => {
  const [first] = columns
  const mapping = mapColumn(startMapping(item), first as ImportColumn, null)
  const names = (defaults: Record<string, unknown>) =>
    fieldsWithoutColumn(meta, { ...mapping, defaults }).map((entry) => entry.name)
  expect(names({})).toEqual(['name'])
  expect(names({ name: '{客户}' })).toEqual(['name'])
  expect(fieldsWithoutColumn(meta, startMapping(item))).toEqual([])
})

it('finds the values that a picklist does not know', () => {
  const stages = { name: 'stage', values: [{ value: 'won', label: '赢单' }] } as Field
  const distinct = ['Won', '赢单', 'Lost', 'Engaging', ''].map((value) => ({ value, count: 1 }))
  const from = { ...(columns[2] as ImportColumn), distinct }
  expect(unknownValues(from, stages, { Lost: 'lost' })).toEqual(['Engaging'])
})
