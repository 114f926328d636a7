import { expect, it } from 'vitest'
import { plainNumber } from './number_input.tsx'

it('reads full-width digits and thousands marks', () => {
  expect(plainNumber('１２，３４５．６')).toBe('12345.6')
  expect(plainNumber('1,234')).toBe('1234')
})
