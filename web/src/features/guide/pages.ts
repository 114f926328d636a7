// The user guide, as it lies in docs/guide: each page is a file of its own that is loaded when it is opened.
import type { Language } from '../../lib/i18n.ts'

const files = import.meta.glob<string>('../../../../docs/guide/*/*.md', { query: '?raw', import: 'default' })

/** The pages of a language, by name. */
export function guidePages(language: Language): Map<string, () => Promise<string>> {
  const pages = new Map<string, () => Promise<string>>()
  for (const [path, load] of Object.entries(files)) {
    const [folder, name] = path.split('/').slice(-2)
    if (folder === language && name) pages.set(name.replace(/\.md$/, ''), load)
  }
  return pages
}
