// As many stars as were given.
import { Star } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ShowProps } from '../types.ts'

export function RatingShow({ field, value }: ShowProps) {
  const { t } = useTranslation()
  if (typeof value !== 'number') return null
  const max = field.max ?? 5
  return (
    <span className="stars" role="img" aria-label={t('field.stars', { count: value })}>
      {Array.from({ length: max }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stars have no identity
        <Star key={index} size={14} className={index < value ? 'star-on' : 'star-off'} aria-hidden />
      ))}
    </span>
  )
}
