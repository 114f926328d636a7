// Formatted text, edited as it looks: bold, italic, lists and links; what is pasted is cleaned first.
import { Bold, Italic, Link, List, ListOrdered } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import type { EditProps } from '../types.ts'
import { cleanHtml, linkAddress, losesMarkup, plainText } from './html.ts'

const tools = [
  { command: 'bold', label: 'bold', Icon: Bold },
  { command: 'italic', label: 'italic', Icon: Italic },
  { command: 'insertUnorderedList', label: 'list', Icon: List },
  { command: 'insertOrderedList', label: 'numberedList', Icon: ListOrdered },
] as const

/** The browser's own editing; without a replacement in the standards, and in every browser. */
const run = (command: string, value?: string) => document.execCommand(command, false, value)

export function RichTextEdit({ id, field, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const written = useRef<string | null>(null)
  const [linking, setLinking] = useState<Range | null>(null)
  const html = typeof value === 'string' ? value : ''
  const [loses] = useState(() => losesMarkup(html))

  useEffect(() => {
    if (!box.current || written.current === html) return
    box.current.innerHTML = cleanHtml(html)
    written.current = html
  }, [html])
  useEffect(() => {
    if (autoFocus) box.current?.focus()
  }, [autoFocus])

  const changed = () => {
    const next = cleanHtml(box.current?.innerHTML ?? '')
    const empty = plainText(next).trim() === ''
    written.current = empty ? '' : next
    onChange(empty ? null : next)
  }
  const paste = (event: ClipboardEvent) => {
    event.preventDefault()
    const rich = event.clipboardData.getData('text/html')
    if (rich) run('insertHTML', cleanHtml(rich))
    else run('insertText', event.clipboardData.getData('text/plain'))
  }
  const startLink = () => {
    const selection = window.getSelection()
    const range = selection?.rangeCount ? selection.getRangeAt(0) : null
    if (range && box.current?.contains(range.commonAncestorContainer)) setLinking(range.cloneRange())
  }
  const endLink = (typed: string | null) => {
    const range = linking
    setLinking(null)
    box.current?.focus()
    if (!range || typed === null) return
    const selection = window.getSelection()
    selection?.removeAllRanges()
    selection?.addRange(range)
    const address = linkAddress(typed)
    if (!address) run('unlink')
    else if (!range.collapsed) run('createLink', address)
    else {
      const link = document.createElement('a')
      link.href = address
      link.textContent = typed.trim()
      run('insertHTML', link.outerHTML)
    }
  }
  return (
    <div className="rich-edit">
      <div role="toolbar" aria-label={t('field.format', { field: field.label })} className="rich-tools">
        {tools.map(({ command, label, Icon }) => (
          <IconButton
            key={command}
            small
            label={t(`field.${label}`)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              box.current?.focus()
              run(command)
            }}
          >
            <Icon size={14} aria-hidden />
          </IconButton>
        ))}
        <IconButton
          small
          label={t('field.link')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={startLink}
        >
          <Link size={14} aria-hidden />
        </IconButton>
        {linking && <LinkBox onEnd={endLink} />}
      </div>
      <div
        ref={box}
        id={id}
        className="input rich-text"
        role="textbox"
        tabIndex={0}
        aria-multiline
        contentEditable
        suppressContentEditableWarning
        aria-labelledby={`${id}-label`}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        aria-required={field.required || undefined}
        onFocus={() => run('defaultParagraphSeparator', 'p')}
        onInput={changed}
        onPaste={paste}
      />
      {loses && <p className="form-help">{t('field.richLoses')}</p>}
    </div>
  )
}

function LinkBox({ onEnd }: { onEnd: (typed: string | null) => void }) {
  const { t } = useTranslation()
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    onEnd(event.key === 'Enter' ? event.currentTarget.value : null)
  }
  return (
    <input
      className="input"
      aria-label={t('field.linkAddress')}
      placeholder={t('field.linkAddress')}
      autoFocus
      onKeyDown={key}
      onBlur={() => onEnd(null)}
    />
  )
}
