// A link that writes a mail.
import type { ShowProps } from '../types.ts'

export function EmailShow({ value, mode }: ShowProps) {
  const text = typeof value === 'string' ? value : ''
  if (mode === 'cell' || !text) return <>{text}</>
  return (
    <a className="link" href={`mailto:${text}`}>
      {text}
    </a>
  )
}
