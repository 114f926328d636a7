// The value as it is written.
import type { ShowProps } from '../types.ts'

export function JsonShow({ value, mode }: ShowProps) {
  if (value === null || value === undefined) return null
  return mode === 'cell' ? (
    <code>{JSON.stringify(value)}</code>
  ) : (
    <pre className="code">{JSON.stringify(value, null, 2)}</pre>
  )
}
