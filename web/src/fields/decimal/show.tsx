// The figure, grouped as the language does.
import { formatDecimal } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function DecimalShow({ field, value }: ShowProps) {
  const { language } = useFieldSettings()
  if (value === null || value === undefined) return null
  return <span className="figure">{formatDecimal(value as string, language, field.scale)}</span>
}
