// The user guide, as it lies in docs/guide: each page is a file of its own that is loaded when it is opened, and so is each picture.
import type { Language } from '../../lib/i18n.ts'

const files = import.meta.glob<string>('../../../../docs/guide/*/*.md', { query: '?raw', import: 'default' })
const pictures = import.meta.glob<string>('../../../../docs/guide/*/images/*.webp', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** The pages of a language, by name. */
export function guidePages(language: Language): Map<string, () => Promise<string>> {
  const pages = new Map<string, () => Promise<string>>()
  for (const [path, load] of Object.entries(files)) {
    const [folder, name] = path.split('/').slice(-2)
    if (folder === language && name) pages.set(name.replace(/\.md$/, ''), load)
  }
  return pages
}

/** The address of a picture, as the pages of a language name it: `images/NAME.webp`. */
export const guidePicture = (language: Language, address: string): string | undefined =>
  pictures[`../../../../docs/guide/${language}/${address}`]
