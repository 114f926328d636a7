// A link that writes a mail.
import { isPart } from '../shared/part.ts'
import type { ShowProps } from '../types.ts'

export function EmailShow({ field, value, mode }: ShowProps) {
  const text = typeof value === 'string' ? value : ''
  if (mode === 'cell' || !text || isPart(field, text)) return <>{text}</>
  return (
    <a className="link" href={`mailto:${text}`}>
      {text}
    </a>
  )
}
