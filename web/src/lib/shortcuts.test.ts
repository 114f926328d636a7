import { expect, it } from 'vitest'
import { objectLetters } from './shortcuts.ts'

it('gives each object a letter of its name, and none twice or one that is taken', () => {
  const names = ['account', 'contact', 'address', 'campaign', 'hi'].map((name) => ({ name }))
  expect([...objectLetters(names)]).toEqual([
    ['a', 'account'],
    ['c', 'contact'],
    ['d', 'address'],
    ['m', 'campaign'],
  ])
})
