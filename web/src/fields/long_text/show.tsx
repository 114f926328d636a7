// Line breaks are kept in details and folded in cells.
import type { ShowProps } from '../types.ts'

export function LongTextShow({ value, mode }: ShowProps) {
  const text = typeof value === 'string' ? value : ''
  return mode === 'cell' ? text.replace(/\s+/g, ' ') : <span className="pre">{text}</span>
}
