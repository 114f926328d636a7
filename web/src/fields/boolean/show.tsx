// Yes or no, in words for those who cannot see the tick.
import { Check, Minus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ShowProps } from '../types.ts'

export function BooleanShow({ value, mode }: ShowProps) {
  const { t } = useTranslation()
  if (value === null || value === undefined) return null
  const word = value ? t('common.yes') : t('common.no')
  if (mode === 'detail') return <>{word}</>
  return (
    <span className="yes-no" title={word}>
      {value ? <Check size={15} aria-hidden /> : <Minus size={15} aria-hidden />}
      <span className="sr-only">{word}</span>
    </span>
  )
}
