import { expect, it } from 'vitest'
import { addDays, addMonths, daysBetween, instantOf, startOfWeek, wallClock } from './days.ts'

it('counts days and months over their ends', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
  expect(addMonths('2026-01-15', -1)).toBe('2025-12-15')
  expect(startOfWeek('2026-11-22')).toBe('2026-11-16')
  expect(daysBetween('2026-11-16', '2026-11-23')).toHaveLength(7)
})

it('goes from an instant to the clock of a place and back', () => {
  expect(wallClock('2026-11-21T16:30:00Z', 'Asia/Shanghai')).toEqual({ day: '2026-11-22', time: '00:30:00' })
  expect(instantOf('2026-11-22', '00:30:00', 'Asia/Shanghai')).toBe('2026-11-21T16:30:00.000Z')
  expect(instantOf('2026-07-01', '09:00:00', 'America/New_York')).toBe('2026-07-01T13:00:00.000Z')
  expect(instantOf('2026-03-08', '01:30:00', 'America/New_York')).toBe('2026-03-08T06:30:00.000Z')
})
