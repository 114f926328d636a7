// The exact amount with its currency sign.
import { formatMoney, isMoney } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function MoneyShow({ value }: ShowProps) {
  const { language, currency } = useFieldSettings()
  if (value === null || value === undefined) return null
  const money = isMoney(value) ? value : { amount: String(value), currency }
  return <span className="figure">{formatMoney(money, language)}</span>
}
