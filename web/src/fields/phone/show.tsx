// As it was typed, with a link that dials.
import { useTranslation } from 'react-i18next'
import { isPart } from '../shared/part.ts'
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

/** The address that dials a number: the whole number where it is known, or else what was typed. */
export function telOf(value: unknown): string {
  const e164 = typeof value === 'object' && value !== null ? (value as Phone).e164 : null
  return `tel:${e164 || phoneText(value).replace(/\s/g, '')}`
}

export function PhoneShow({ field, value, mode }: ShowProps) {
  const { t } = useTranslation()
  const text = phoneText(value)
  if (mode === 'cell' || !text || isPart(field, text)) return <>{text}</>
  return (
    <a className="link" href={telOf(value)} title={t('field.call', { phone: text })}>
      {text}
    </a>
  )
}
