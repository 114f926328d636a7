import { expect, it } from 'vitest'
import { formatDate, formatDateTime, formatRelative, today } from './dates.ts'

it('never moves a date across a time zone', () => {
  expect(formatDate('2026-11-21', 'zh-CN')).toBe('2026/11/21')
  expect(formatDate('2026-11-21', 'en')).toBe('Nov 21, 2026')
})

it('shows an instant in the time zone asked for', () => {
  expect(formatDateTime('2026-11-21T20:30:00.000000Z', 'zh-CN', 'Asia/Shanghai')).toBe('2026/11/22 04:30')
  expect(today('Asia/Shanghai', new Date('2026-11-21T20:30:00Z'))).toBe('2026-11-22')
})

it('speaks of the recent past in words', () => {
  const now = new Date('2026-11-21T12:00:00Z').valueOf()
  expect(formatRelative('2026-11-21T09:00:00Z', 'en', 'UTC', now)).toBe('3 hours ago')
  expect(formatRelative('2026-11-20T12:00:00Z', 'zh-CN', 'UTC', now)).toBe('昨天')
})
