// A large amount in 万 and 亿 (K and M in English); the exact amount shows on hover and by focus, and is what is read out.
import { abbreviateMoney, formatMoney, type Money } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'

export function ShortMoney({ money, className = '' }: { money: Money; className?: string }) {
  const { language } = useFieldSettings()
  const exact = formatMoney(money, language)
  return (
    <span
      className={`short-money ${className}`}
      role="img"
      aria-label={exact}
      title={exact}
      data-exact={exact}
      tabIndex={0}
    >
      {abbreviateMoney(money, language)}
    </span>
  )
}
