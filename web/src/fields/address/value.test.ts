import { expect, it } from 'vitest'
import { addressLine } from './value.ts'

it('writes Chinese addresses from the large to the small, without naming a municipality twice', () => {
  expect(
    addressLine(
      { country: 'CN', province: '北京市', city: '北京市', district: '海淀区', street: '中关村大街 1 号' },
      true,
    ),
  ).toBe('北京市海淀区 中关村大街 1 号')
})

it('writes others from the small to the large', () => {
  expect(addressLine({ country: 'United States', city: 'Boston', street: '1 Main St' }, false)).toBe(
    '1 Main St, Boston, United States',
  )
})
