// The HTML of the server, cleaned once more here: nothing that runs, no style, no form.

const allowed = new Set(
  'A,B,BLOCKQUOTE,BR,CODE,DIV,EM,H1,H2,H3,H4,HR,I,LI,OL,P,PRE,S,SPAN,STRONG,SUB,SUP,TABLE,TBODY,TD,TH,THEAD,TR,U,UL'.split(
    ',',
  ),
)

/** Keeps only plain mark-up and http, mail and phone links. */
export function cleanHtml(html: string): string {
  const root = parse(html)
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

const parse = (html: string) => new DOMParser().parseFromString(html, 'text/html').body

export const plainText = (html: string): string => parse(html).textContent ?? ''

/** Whether there is more in it, an image for example, than is shown and edited here. */
export function losesMarkup(html: string): boolean {
  const elements = (text: string) => parse(text).querySelectorAll('*').length
  return elements(html) !== elements(cleanHtml(html))
}

/** An address as typed, with the protocol it needs; null where it could do harm. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim()
  if (/^(https?:|mailto:|tel:)/i.test(text)) return text
  if (text === '' || /^[a-z][a-z0-9+.-]*:/i.test(text)) return null
  return text.includes('@') ? `mailto:${text}` : `https://${text}`
}
