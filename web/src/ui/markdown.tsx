// Markdown as React elements: nothing in it can become a tag, a script or an address of another kind than a link.
import { Fragment, type ReactNode } from 'react'
import './markdown.css'

interface MarkdownProps {
  text: string
  /** Where a relative address leads; without it such links are plain text. */
  link?: (address: string, label: ReactNode) => ReactNode
  /** Where a picture lies; one without a place is told by its words. */
  picture?: (address: string) => string | undefined
}

type Makers = Pick<MarkdownProps, 'link' | 'picture'>

export function Markdown({ text, ...make }: MarkdownProps) {
  return <div className="markdown">{blocks(text.replaceAll('\r\n', '\n').split('\n'), make)}</div>
}

const listItem = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/
const heading = /^(#{1,6})\s+(.*?)\s*#*$/
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/
const tableRule = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/

/** The words of a heading as the fragment of an address. */
const anchor = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')

function blocks(lines: string[], make: Makers): ReactNode[] {
  const out: ReactNode[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const key = out.length
    if (line.trim() === '' || line.startsWith('<!--')) {
      at += 1
      continue
    }
    const fence = /^(```+|~~~+)/.exec(line)?.[1]
    if (fence) {
      let end = at + 1
      while (end < lines.length && !(lines[end] ?? '').startsWith(fence)) end += 1
      out.push(
        <pre key={key} tabIndex={0}>
          <code>{lines.slice(at + 1, end).join('\n')}</code>
        </pre>,
      )
      at = end + 1
      continue
    }
    const title = heading.exec(line)
    if (title) {
      const Tag = `h${(title[1] ?? '#').length}` as 'h1'
      const words = title[2] ?? ''
      out.push(
        <Tag key={key} id={anchor(words)}>
          {inline(words, make)}
        </Tag>,
      )
      at += 1
      continue
    }
    if (rule.test(line)) {
      out.push(<hr key={key} />)
      at += 1
      continue
    }
    if (line.includes('|') && tableRule.test(lines[at + 1] ?? '')) {
      let end = at + 2
      while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1
      out.push(<Table key={key} head={line} rows={lines.slice(at + 2, end)} make={make} />)
      at = end
      continue
    }
    if (line.startsWith('>')) {
      let end = at
      while (end < lines.length && (lines[end] ?? '').startsWith('>')) end += 1
      const inner = lines.slice(at, end).map((l) => l.replace(/^>\s?/, ''))
      out.push(<blockquote key={key}>{blocks(inner, make)}</blockquote>)
      at = end
      continue
    }
    if (listItem.test(line)) {
      const end = endOfList(lines, at)
      out.push(<Fragment key={key}>{list(lines.slice(at, end), make)}</Fragment>)
      at = end
      continue
    }
    let end = at + 1
    while (end < lines.length && !startsBlock(lines, end)) end += 1
    out.push(<p key={key}>{inline(joined(lines.slice(at, end)), make)}</p>)
    at = end
  }
  return out
}

function startsBlock(lines: string[], at: number): boolean {
  const line = lines[at] ?? ''
  return line.trim() === '' || heading.test(line) || listItem.test(line) || /^(```|~~~|>)/.test(line)
}

/** Lines of a paragraph are joined by a space, but not between Chinese characters. */
function joined(lines: string[]): string {
  return lines.reduce((text, line) => {
    const next = line.trim()
    if (text === '') return next
    const cjk = /[\u3000-\u9fff\uff00-\uffef]$/.test(text) && /^[\u3000-\u9fff\uff00-\uffef]/.test(next)
    return cjk ? text + next : `${text} ${next}`
  }, '')
}

/** A list goes on as long as lines are items or indented. */
function endOfList(lines: string[], from: number): number {
  let end = from + 1
  while (end < lines.length) {
    const line = lines[end] ?? ''
    const goesOn = listItem.test(line) || /^\s{2,}\S/.test(line)
    const gap = line.trim() === '' && /^\s{2,}\S/.test(lines[end + 1] ?? '')
    if (!goesOn && !gap) break
    end += 1
  }
  return end
}

function list(lines: string[], make: Makers): ReactNode {
  const first = listItem.exec(lines[0] ?? '')
  const indent = (first?.[1] ?? '').length
  const ordered = /\d/.test(first?.[2] ?? '')
  const items: string[][] = []
  for (const line of lines) {
    const item = listItem.exec(line)
    if (item && (item[1] ?? '').length <= indent) items.push([item[3] ?? ''])
    else items[items.length - 1]?.push(line)
  }
  const Tag = ordered ? 'ol' : 'ul'
  return (
    <Tag>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
        <li key={index}>{itemContent(item, make)}</li>
      ))}
    </Tag>
  )
}

function itemContent([first = '', ...rest]: string[], make: Makers): ReactNode {
  const nested = rest.findIndex((line) => listItem.test(line))
  const own = nested === -1 ? rest : rest.slice(0, nested)
  return (
    <>
      {inline(joined([first, ...own]), make)}
      {nested !== -1 && list(rest.slice(nested), make)}
    </>
  )
}

const cells = (row: string) =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))

function Table({ head, rows, make }: { head: string; rows: string[]; make: Makers }) {
  return (
    <div className="markdown-table" tabIndex={0}>
      <table className="plain-table">
        <thead>
          <tr>
            {cells(head).map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
              <th key={index} scope="col">
                {inline(cell, make)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
            <tr key={index}>
              {cells(row).map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
                <td key={at}>{inline(cell, make)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const span =
  /(`+)(.+?)\1|\*\*(.+?)\*\*|(?<![\p{L}\p{N}*])\*(?!\s)(.+?)\*|!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)|<(https?:\/\/[^>\s]+)>|\\([\\`*_{}[\]()#+\-.!|<>])/u

function inline(text: string, make: Makers): ReactNode {
  const found = span.exec(text)
  if (!found) return text
  const before = text.slice(0, found.index)
  const after = text.slice(found.index + found[0].length)
  return (
    <>
      {before}
      {piece(found, make)}
      {after !== '' && inline(after, make)}
    </>
  )
}

function piece([all, , code, bold, italic, label, address, bare, escaped]: RegExpExecArray, make: Makers) {
  if (code !== undefined) return <code>{code.trim()}</code>
  if (bold !== undefined) return <strong>{inline(bold, make)}</strong>
  if (italic !== undefined) return <em>{inline(italic, make)}</em>
  if (escaped !== undefined) return escaped
  if (bare !== undefined) return outside(bare, bare)
  if (address === undefined) return label
  if (all.startsWith('!')) {
    const source = make.picture?.(address)
    return source ? <img src={source} alt={label} loading="lazy" /> : label
  }
  const words = inline(label ?? '', make)
  if (/^(https?:|mailto:)/i.test(address)) return outside(address, words)
  if (/^[a-z][a-z0-9+.-]*:/i.test(address) || !make.link) return words
  return make.link(address, words)
}

const outside = (address: string, label: ReactNode) => (
  <a className="link" href={address} target="_blank" rel="noopener noreferrer">
    {label}
  </a>
)
