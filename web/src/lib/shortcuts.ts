// The keys that work everywhere. Single letters can be switched off, for those who speak to the computer (WCAG 2.1.4).
const offKey = 'guanxi.shortcuts'

export const lettersWork = () => localStorage.getItem(offKey) !== 'off'

export function switchLetters(on: boolean) {
  if (on) localStorage.removeItem(offKey)
  else localStorage.setItem(offKey, 'off')
}

/** Whether keys go into a box, or to a menu, a dialog or a grid, which have their own. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    document.querySelector('dialog[open], [popover]:popover-open [role="menuitem"]')
  )
    return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target.matches('textarea, select')
}

/** Places that are always there, by the letter after G. */
export const places = {
  h: '/',
  s: '/search',
  i: '/imports',
  j: '/jobs',
  r: '/recycle-bin',
} as const

/** A letter for each object: the first of its name that is still free. */
export function objectLetters(objects: Array<{ name: string }>): Map<string, string> {
  const letters = new Map<string, string>()
  for (const { name } of objects) {
    const free = [...name].find(
      (letter) => /[a-z]/.test(letter) && !(letter in places) && !letters.has(letter),
    )
    if (free) letters.set(free, name)
  }
  return letters
}
