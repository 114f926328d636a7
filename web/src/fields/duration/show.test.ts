import { expect, it } from 'vitest'
import { formatDuration } from './show.tsx'

it('writes hours and minutes, and seconds only where there are any', () => {
  expect(formatDuration(5400)).toBe('1:30')
  expect(formatDuration(75)).toBe('0:01:15')
  expect(formatDuration(-3600)).toBe('-1:00')
})
