import { expect, it } from 'vitest'
import { changes, collisions } from './merge.ts'

it('sends only what changed, and treats absent and empty alike', () => {
  const before = { id: '1', name: 'A', amount: { amount: '1.00', currency: 'CNY' }, phone: null }
  const after = { ...before, name: 'B', amount: { amount: '1.00', currency: 'CNY' }, phone: undefined }
  expect(changes(before, after)).toEqual({ name: 'B' })
})

it('finds the fields that both sides changed differently', () => {
  const opened = { name: 'A', city: 'X', stage: 'new' }
  const current = { name: 'B', city: 'X', stage: 'won' }
  expect(collisions(opened, current, { name: 'C', city: 'Y', stage: 'won' })).toEqual(['name'])
})
