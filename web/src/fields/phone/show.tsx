// As it was typed, with a link that dials.
import { useTranslation } from 'react-i18next'
import type { ShowProps } from '../types.ts'

interface Phone {
  e164?: string | null
  typed?: string | null
}

export function phoneText(value: unknown): string {
  if (typeof value === 'string') return value
  const phone = (value ?? {}) as Phone
  return phone.typed || phone.e164 || ''
}

export function PhoneShow({ value, mode }: ShowProps) {
  const { t } = useTranslation()
  const text = phoneText(value)
  const e164 = typeof value === 'object' && value !== null ? (value as Phone).e164 : null
  if (mode === 'cell' || !text) return <>{text}</>
  return (
    <a
      className="link"
      href={`tel:${e164 || text.replace(/\s/g, '')}`}
      title={t('field.call', { phone: text })}
    >
      {text}
    </a>
  )
}
