// Key words to look for, separated by commas.
import type { FilterProps } from '../types.ts'

export function TagFilter({ value, onChange, label }: FilterProps) {
  const text = Array.isArray(value) ? value.map(String).join(', ') : ''
  return (
    <input
      className="input"
      aria-label={label}
      defaultValue={text}
      onBlur={(event) =>
        onChange(
          event.target.value
            .split(/[,，、]/)
            .map((tag) => tag.trim())
            .filter(Boolean),
        )
      }
    />
  )
}
