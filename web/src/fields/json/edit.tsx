// Text that must be JSON before it counts.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditProps } from '../types.ts'

export function JsonEdit({ id, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(() =>
    value === null || value === undefined ? '' : JSON.stringify(value, null, 2),
  )
  const [wrong, setWrong] = useState(false)
  const change = (next: string) => {
    setText(next)
    try {
      onChange(next.trim() === '' ? null : JSON.parse(next))
      setWrong(false)
    } catch {
      setWrong(true)
    }
  }
  return (
    <>
      <textarea
        id={id}
        className="input code"
        rows={6}
        spellCheck={false}
        value={text}
        onChange={(event) => change(event.target.value)}
        aria-invalid={invalid || wrong || undefined}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
      />
      {wrong && <span className="form-error">{t('field.invalidJson')}</span>}
    </>
  )
}
