// The HTML of the server, cleaned once more here: nothing that runs, no style, no form.
import type { ShowProps } from '../types.ts'

const allowed = new Set(
  'A,B,BLOCKQUOTE,BR,CODE,DIV,EM,H1,H2,H3,H4,HR,I,LI,OL,P,PRE,S,SPAN,STRONG,SUB,SUP,TABLE,TBODY,TD,TH,THEAD,TR,U,UL'.split(
    ',',
  ),
)

/** Keeps only plain mark-up and http, mail and phone links. */
export function cleanHtml(html: string): string {
  const root = new DOMParser().parseFromString(html, 'text/html').body
  for (const element of [...root.querySelectorAll('*')]) {
    if (!allowed.has(element.tagName)) {
      const dropped = /^(SCRIPT|STYLE|IFRAME|OBJECT|EMBED|TEMPLATE|NOSCRIPT|SVG|MATH)$/i.test(element.tagName)
      element.replaceWith(...(dropped ? [] : element.childNodes))
      continue
    }
    for (const { name, value } of [...element.attributes]) {
      const link = element.tagName === 'A' && name === 'href' && /^(https?:|mailto:|tel:)/i.test(value)
      if (!link) element.removeAttribute(name)
    }
    if (element.tagName === 'A') element.setAttribute('rel', 'noopener noreferrer')
  }
  return root.innerHTML
}

export function RichTextShow({ value, mode }: ShowProps) {
  const html = typeof value === 'string' ? value : ''
  if (mode === 'cell') {
    return <>{new DOMParser().parseFromString(html, 'text/html').body.textContent}</>
  }
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by the server and cleaned again above
  return <div className="rich-text" dangerouslySetInnerHTML={{ __html: cleanHtml(html) }} />
}
