// The date as the language writes it.
import { formatDate } from '../../lib/dates.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function DateShow({ value }: ShowProps) {
  const { language } = useFieldSettings()
  return typeof value === 'string' ? <span className="figure">{formatDate(value, language)}</span> : null
}
