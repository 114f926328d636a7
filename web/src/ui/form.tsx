// Label, control, help and error of one field, tied together for screen readers.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface FormRowProps {
  id: string
  label: string
  required?: boolean
  help?: string | null
  error?: string
  /** True when the control is a group that is named by the label instead of being its target. */
  group?: boolean
  className?: string
  children: ReactNode
}

export function FormRow({ id, label, required, help, error, group, className = '', children }: FormRowProps) {
  const { t } = useTranslation()
  const text = (
    <>
      {label}
      {required && (
        <span className="req" title={t('common.required')}>
          {' *'}
        </span>
      )}
    </>
  )
  return (
    <div className={`form-row ${className}`}>
      {group ? (
        <span className="form-label" id={`${id}-label`}>
          {text}
        </span>
      ) : (
        <label className="form-label" htmlFor={id} id={`${id}-label`}>
          {text}
        </label>
      )}
      {children}
      {help && (
        <span className="form-help" id={`${id}-help`}>
          {help}
        </span>
      )}
      {error && (
        <span className="form-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  )
}

/** The ids that describe a control, for aria-describedby. */
export function describedBy(id: string, help?: string | null, error?: string): string | undefined {
  const ids = [help && `${id}-help`, error && `${id}-error`].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}
