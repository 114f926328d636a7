// A tick per value.
import type { EditProps } from '../types.ts'

export function MultiPicklistEdit({ id, field, value, onChange, describedBy }: EditProps) {
  const chosen = Array.isArray(value) ? value.map(String) : []
  return (
    <div className="choice-list" role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {(field.values ?? []).map((item) => (
        <label key={item.value} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(item.value)}
            onChange={(event) => {
              const rest = chosen.filter((other) => other !== item.value)
              onChange(event.target.checked ? [...rest, item.value] : rest)
            }}
          />
          {item.label}
        </label>
      ))}
    </div>
  )
}
