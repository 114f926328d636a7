// Formatted text; in a cell only its words.
import type { ShowProps } from '../types.ts'
import { cleanHtml, plainText } from './html.ts'

export function RichTextShow({ value, mode }: ShowProps) {
  const html = typeof value === 'string' ? value : ''
  if (mode === 'cell') {
    return <>{plainText(html)}</>
  }
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by the server and cleaned again above
  return <div className="rich-text" dangerouslySetInnerHTML={{ __html: cleanHtml(html) }} />
}
