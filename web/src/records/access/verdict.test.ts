import { expect, it } from 'vitest'
import { fieldVerdictOf, verdictOf } from './verdict.ts'

it('says what may be done with a record', () => {
  expect(verdictOf({ read: false, edit: false, delete: false })).toBe('none')
  expect(verdictOf({ read: true, edit: false, delete: false })).toBe('read')
  expect(verdictOf({ read: true, edit: true, delete: false })).toBe('edit')
  expect(verdictOf({ read: true, edit: false, delete: true })).toBe('delete')
  expect(verdictOf({ read: true, edit: true, delete: true })).toBe('all')
})

it('says how a field is seen, and that none is without the record', () => {
  expect(fieldVerdictOf(true, { shown: 'full', edit: true })).toBe('edit')
  expect(fieldVerdictOf(true, { shown: 'full', edit: false })).toBe('full')
  expect(fieldVerdictOf(true, { shown: 'masked', edit: false })).toBe('masked')
  expect(fieldVerdictOf(true, { shown: 'hidden', edit: false })).toBe('hidden')
  expect(fieldVerdictOf(false, { shown: 'full', edit: false })).toBe('unseen')
  expect(fieldVerdictOf(false, { shown: 'hidden', edit: false })).toBe('hidden')
})
