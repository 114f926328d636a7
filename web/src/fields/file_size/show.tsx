// A size in KB or MB, exact on hover.
import { sizeText } from '../../lib/files.ts'
import { formatDecimal } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'
import type { ShowProps } from '../types.ts'

export function FileSizeShow({ value }: ShowProps) {
  const { language } = useFieldSettings()
  if (value === null || value === undefined) return null
  return (
    <span className="figure" title={`${formatDecimal(value as number, language)} B`}>
      {sizeText(Number(value), language)}
    </span>
  )
}
