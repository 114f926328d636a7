// The figure, grouped as the language does.
import { formatDecimal } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function IntegerShow({ field, value }: ShowProps) {
  const { language } = useFieldSettings()
  if (value === null || value === undefined) return null
  // Up to four digits there is nothing to group; what may never be longer, such as a year, is never grouped.
  const year = field.max !== null && field.max !== undefined && field.max <= 9999
  return <span className="figure">{year ? String(value) : formatDecimal(value as number, language)}</span>
}
