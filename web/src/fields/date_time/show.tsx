// Date and time in the user's zone.
import { formatDateTime } from '../../lib/dates.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function DateTimeShow({ value }: ShowProps) {
  const { language, timeZone } = useFieldSettings()
  if (typeof value !== 'string') return null
  return <span className="figure">{formatDateTime(value, language, timeZone)}</span>
}
