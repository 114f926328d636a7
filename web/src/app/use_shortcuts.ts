// The keys that work on every page: the palette, help, the search box, going places, making and editing records.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Overlay } from '../features/palette/command.ts'
import { isTyping, lettersWork } from '../lib/shortcuts.ts'

/** How long a second letter is waited for after G. */
const sequence = 1_500
const actions = () => import('./shortcut_actions.ts')

export function useShortcuts(show: (overlay: Overlay) => void) {
  const router = useRouter()
  const client = useQueryClient()
  useEffect(() => {
    let goUntil = 0

    // At once: what is typed next belongs into the box.
    const focusSearch = () => {
      const box = document.querySelector<HTMLInputElement>('#global-search')
      if (box?.offsetParent) box.focus()
      else void router.navigate({ to: '/search', search: {} })
    }

    const onKey = (event: KeyboardEvent) => {
      const { key } = event
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === 'k') {
        event.preventDefault()
        // A form that is open keeps the screen: going elsewhere would lose it.
        if (!document.querySelector('dialog[open]')) show({ kind: 'palette' })
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing)
        return
      if (isTyping(event.target) || !lettersWork()) return
      const second = Date.now() < goUntil
      goUntil = 0
      if (second) void actions().then(({ go }) => go(key.toLowerCase(), router, client))
      else if (key === 'g') goUntil = Date.now() + sequence
      else if (key === '?' || key === '？') show({ kind: 'help' })
      else if (key === '/') focusSearch()
      else if (key === 'c') void actions().then(({ create }) => create(router, client, show))
      else if (key === 'e') void actions().then(({ edit }) => edit(router, show))
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [router, client, show])
}
