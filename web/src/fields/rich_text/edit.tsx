// Paragraphs as plain text for now: mark-up that is there is kept unless the text is changed.
import type { EditProps } from '../types.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeHtml = (text: string) => text.replace(/[&<>]/g, (found) => entities[found] ?? found)

function toText(html: string): string {
  const body = new DOMParser().parseFromString(
    html.replace(/<br\s*\/?>|<\/(p|div|li|h\d)>/gi, '$&\n'),
    'text/html',
  ).body
  return (body.textContent ?? '').trimEnd()
}

function toHtml(text: string): string {
  return text
    .split('\n')
    .map((line) => `<p>${escapeHtml(line)}</p>`)
    .join('')
}

export function RichTextEdit({ id, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  return (
    <textarea
      id={id}
      className="input"
      rows={6}
      value={typeof value === 'string' ? toText(value) : ''}
      onChange={(event) => onChange(event.target.value === '' ? null : toHtml(event.target.value))}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      autoFocus={autoFocus}
    />
  )
}
