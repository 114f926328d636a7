// A row of stars to press; the chosen one pressed again clears the rating.
import { Star } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { EditProps } from '../types.ts'

export function RatingEdit({ id, field, value, onChange, describedBy }: EditProps) {
  const { t } = useTranslation()
  const stars = typeof value === 'number' ? value : 0
  return (
    <span className="stars" role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {Array.from({ length: field.max ?? 5 }, (_, index) => index + 1).map((count) => (
        <button
          key={count}
          type="button"
          className="star-button"
          aria-pressed={count === stars}
          aria-label={count === stars ? t('field.noStars') : t('field.stars', { count })}
          onClick={() => onChange(count === stars ? null : count)}
        >
          <Star size={18} className={count <= stars ? 'star-on' : 'star-off'} aria-hidden />
        </button>
      ))}
    </span>
  )
}
