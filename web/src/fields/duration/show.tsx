// Hours and minutes.
import type { ShowProps } from '../types.ts'

const two = (number: number) => String(number).padStart(2, '0')

export function formatDuration(seconds: number): string {
  const rest = Math.abs(seconds)
  const text = `${Math.floor(rest / 3600)}:${two(Math.floor((rest % 3600) / 60))}`
  return (seconds < 0 ? '-' : '') + (rest % 60 === 0 ? text : `${text}:${two(rest % 60)}`)
}

export function DurationShow({ value }: ShowProps) {
  return typeof value === 'number' ? <span className="figure">{formatDuration(value)}</span> : null
}
