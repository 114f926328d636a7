// A size in the unit one thinks in; the filter itself has bytes.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FilterProps } from '../types.ts'

const units = ['B', 'KB', 'MB', 'GB']

/** The largest unit of which it is a whole number; megabytes to begin with. */
function unitOf(bytes: number | null): number {
  if (!bytes) return 2
  let at = 0
  while (at < units.length - 1 && bytes % 1024 ** (at + 1) === 0) at += 1
  return at
}

export function FileSizeFilter({ value, onChange, label }: FilterProps) {
  const { t } = useTranslation()
  const bytes = typeof value === 'number' ? value : null
  const [unit, setUnit] = useState(() => unitOf(bytes))
  const [text, setText] = useState(() => (bytes === null ? '' : String(bytes / 1024 ** unit)))
  const put = (typed: string, at: number) => {
    setText(typed)
    setUnit(at)
    const amount = Number(typed)
    const known = typed.trim() !== '' && Number.isFinite(amount)
    onChange(known ? Math.round(amount * 1024 ** at) : typed.trim())
  }
  return (
    <span className="size-filter">
      <input
        className="input"
        inputMode="decimal"
        aria-label={label}
        value={text}
        onChange={(event) => put(event.target.value, unit)}
      />
      <select
        className="input"
        aria-label={`${label}${t('common.colon')}${t('field.unit')}`}
        value={unit}
        onChange={(event) => put(text, Number(event.target.value))}
      >
        {units.map((name, at) => (
          <option key={name} value={at}>
            {name}
          </option>
        ))}
      </select>
    </span>
  )
}
