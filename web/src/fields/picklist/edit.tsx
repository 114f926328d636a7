// A native choice: quick on every device, and the value that is there is kept even if it is no longer offered.
import { useTranslation } from 'react-i18next'
import type { EditProps } from '../types.ts'

export function PicklistEdit({ id, field, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const { t } = useTranslation()
  const current = typeof value === 'string' ? value : ''
  const offered = (field.values ?? []).filter((item) => item.active || item.value === current)
  return (
    <select
      id={id}
      className="input"
      value={current}
      onChange={(event) => onChange(event.target.value || null)}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      aria-required={field.required || undefined}
      autoFocus={autoFocus}
    >
      <option value="">{t('field.choose')}</option>
      {current && !offered.some((item) => item.value === current) && (
        <option value={current}>{current}</option>
      )}
      {offered.map((item) => (
        <option key={item.value} value={item.value}>
          {item.label}
        </option>
      ))}
    </select>
  )
}
