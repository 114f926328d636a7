// Hours and minutes in two boxes.
import { useTranslation } from 'react-i18next'
import type { EditProps } from '../types.ts'

export function DurationEdit({ id, field, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const { t } = useTranslation()
  const seconds = typeof value === 'number' ? value : null
  const hours = seconds === null ? '' : String(Math.floor(seconds / 3600))
  const minutes = seconds === null ? '' : String(Math.floor((seconds % 3600) / 60))
  const change = (nextHours: string, nextMinutes: string) => {
    if (nextHours === '' && nextMinutes === '') onChange(null)
    else onChange((Number(nextHours) || 0) * 3600 + (Number(nextMinutes) || 0) * 60)
  }
  const shared = {
    type: 'number',
    min: 0,
    className: 'input',
    'aria-invalid': invalid || undefined,
    'aria-describedby': describedBy,
  }
  return (
    <span className="duration-input">
      <input
        {...shared}
        id={id}
        aria-label={`${field.label} ${t('field.hours')}`}
        value={hours}
        autoFocus={autoFocus}
        onChange={(event) => change(event.target.value, minutes)}
      />
      <span>{t('field.hours')}</span>
      <input
        {...shared}
        max={59}
        aria-label={`${field.label} ${t('field.minutes')}`}
        value={minutes}
        onChange={(event) => change(hours, event.target.value)}
      />
      <span>{t('field.minutes')}</span>
    </span>
  )
}
