// The plain text box that many types edit with.
import type { EditProps } from '../types.ts'

interface TextInputProps extends EditProps {
  type?: 'text' | 'email' | 'url' | 'tel'
  inputMode?: 'text' | 'decimal' | 'numeric' | 'email' | 'tel' | 'url'
}

export function TextInput(props: TextInputProps) {
  const { id, field, value, onChange } = props
  return (
    <input
      id={id}
      className="input"
      type={props.type ?? 'text'}
      inputMode={props.inputMode}
      autoComplete="off"
      maxLength={field.max_length ?? undefined}
      value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      aria-invalid={props.invalid || undefined}
      aria-describedby={props.describedBy}
      aria-required={field.required || undefined}
      autoFocus={props.autoFocus}
    />
  )
}
