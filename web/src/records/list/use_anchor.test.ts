import { expect, it } from 'vitest'
import { movedBy } from './use_anchor.ts'

const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const view = before.slice(2)

it('follows rows that others make above', () => {
  expect(movedBy(view, 2, ['x', 'a', 'y', ...before.slice(1)])).toBe(2)
})

it('stays where it is when the first row in view moves away or is deleted below others', () => {
  expect(movedBy(view, 2, ['a', 'b', 'd', 'e', 'f', 'g', 'c'])).toBe(-1)
  expect(movedBy(view, 2, ['c', 'a', 'b', 'd', 'e', 'f', 'g'])).toBe(0)
  expect(movedBy(view, 2, ['a', 'b', 'd', 'e', 'f', 'g'])).toBe(-1)
  expect(movedBy(view, 2, ['a', 'b', 'c', 'd', 'e', 'f'])).toBe(0)
})

it('does not jump when the rows do not agree, or are gone', () => {
  expect(movedBy(['a', 'b'], 0, ['b', 'a'])).toBe(0)
  expect(movedBy(view, 2, ['x', 'y'])).toBe(0)
})
