// The address in one line.
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'
import { addressLine, asAddress } from './value.ts'

export function AddressShow({ value }: ShowProps) {
  const { language } = useFieldSettings()
  return <>{addressLine(asAddress(value), language === 'zh-CN')}</>
}
