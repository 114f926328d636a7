import { expect, it } from 'vitest'
import { abbreviateMoney, formatDecimal, formatMoney } from './money.ts'

it('keeps every digit of large amounts', () => {
  expect(formatMoney({ amount: '12345678901234567.89', currency: 'CNY' }, 'zh-CN')).toBe(
    '¥12,345,678,901,234,567.89',
  )
})

it('abbreviates with 万 and 亿 in Chinese and K and M in English', () => {
  expect(abbreviateMoney({ amount: '32000', currency: 'CNY' }, 'zh-CN')).toBe('¥3.2万')
  expect(abbreviateMoney({ amount: '105000000', currency: 'CNY' }, 'zh-CN')).toBe('¥1.05亿')
  expect(abbreviateMoney({ amount: '32000', currency: 'CNY' }, 'en')).toBe('¥32K')
})

it('honours the scale of a field', () => {
  expect(formatDecimal('12.5', 'en', 2)).toBe('12.50')
  expect(formatDecimal(1234, 'en')).toBe('1,234')
})
