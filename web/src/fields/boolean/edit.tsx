// A tick box.
import type { EditProps } from '../types.ts'

export function BooleanEdit({ id, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  return (
    <span className="check-box">
      <input
        id={id}
        type="checkbox"
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
      />
    </span>
  )
}
