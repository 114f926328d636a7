// A link, only for addresses that lead to a web page.
import type { ShowProps } from '../types.ts'

export function UrlShow({ value, mode }: ShowProps) {
  const text = typeof value === 'string' ? value : ''
  const short = text.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '')
  if (mode === 'cell' || !/^https?:\/\//i.test(text)) return <>{short}</>
  return (
    <a className="link" href={text} target="_blank" rel="noopener noreferrer">
      {short}
    </a>
  )
}
