// A text area that grows with what is written.
import type { EditProps } from '../types.ts'

export function LongTextEdit({ id, field, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const text = typeof value === 'string' ? value : ''
  return (
    <textarea
      id={id}
      className="input"
      rows={Math.min(14, Math.max(3, text.split('\n').length + 1))}
      maxLength={field.max_length ?? undefined}
      value={text}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      aria-required={field.required || undefined}
      autoFocus={autoFocus}
    />
  )
}
