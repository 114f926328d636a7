// A picture of the page as it is on screen, drawn by the browser itself: a copy of the document with its style sheets goes into an SVG
// image, and that onto a canvas. Nothing leaves the browser, and no permission is asked for. Passwords, frames and films stay out.

const svg = 'http://www.w3.org/2000/svg'
const longest = 1600

/** A PNG of what is on screen under the dialogs; null where the browser cannot draw it. */
export async function drawPage(): Promise<Blob | null> {
  try {
    const [width, height] = [window.innerWidth, window.innerHeight]
    const image = new Image()
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await picture(width, height))}`
    await image.decode()
    const scale = Math.min(1, longest / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((done) => canvas.toBlob(done, 'image/png'))
  } catch {
    return null
  }
}

async function picture(width: number, height: number): Promise<string> {
  const body = document.body.cloneNode(true) as HTMLElement
  copyState(document.body, body)
  await embedImages(body)
  for (const element of body.querySelectorAll('script, dialog, [popover], iframe, video, audio, object')) {
    element.remove()
  }
  const root = document.createElementNS(svg, 'svg')
  root.setAttribute('width', String(width))
  root.setAttribute('height', String(height))
  for (const { name, value } of document.documentElement.attributes) {
    if (name.startsWith('data-') || name === 'lang') root.setAttribute(name, value)
  }
  const frame = document.createElementNS(svg, 'foreignObject')
  frame.setAttribute('width', '100%')
  frame.setAttribute('height', '100%')
  const style = document.createElement('style')
  style.textContent = styles()
  const html = document.createElement('html')
  html.append(style, body)
  frame.append(html)
  root.append(frame)
  return new XMLSerializer().serializeToString(root)
}

function styles(): string {
  const texts: string[] = []
  for (const sheet of document.styleSheets) {
    try {
      texts.push([...sheet.cssRules].map((rule) => rule.cssText).join('\n'))
    } catch {
      // A style sheet of another origin cannot be read; there is none of ours.
    }
  }
  return texts.join('\n')
}

/** Scroll positions and what is typed are not part of the document's text: they are written into the copy. */
function copyState(from: Element, to: Element) {
  const [originals, copies] = [[...from.querySelectorAll('*')], [...to.querySelectorAll('*')]]
  for (const [index, original] of originals.entries()) {
    const copy = copies[index]
    if (!(copy instanceof HTMLElement)) continue
    if (original instanceof HTMLInputElement) {
      copy.setAttribute('value', original.type === 'password' ? '' : original.value)
      copy.toggleAttribute('checked', original.checked)
    } else if (original instanceof HTMLTextAreaElement) {
      copy.textContent = original.value
    } else if (original instanceof HTMLOptionElement) {
      copy.toggleAttribute('selected', original.selected)
    }
    const { scrollLeft: x, scrollTop: y } = original
    if (x === 0 && y === 0) continue
    copy.style.overflow = 'hidden'
    for (const child of copy.children) {
      if (child instanceof HTMLElement) child.style.translate = `${-x}px ${-y}px`
    }
  }
}

/** An SVG image loads nothing: pictures of the page go into it as data. */
async function embedImages(body: HTMLElement) {
  for (const image of body.querySelectorAll('img')) {
    const original = document.querySelector<HTMLImageElement>(
      `img[src="${CSS.escape(image.getAttribute('src') ?? '')}"]`,
    )
    const data = original && dataOf(original)
    if (data) image.setAttribute('src', data)
    else image.remove()
  }
}

function dataOf(image: HTMLImageElement): string | null {
  if (!image.complete || image.naturalWidth === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = image.width || image.naturalWidth
  canvas.height = image.height || image.naturalHeight
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  try {
    return canvas.toDataURL()
  } catch {
    return null
  }
}
