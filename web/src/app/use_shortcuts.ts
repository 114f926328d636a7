// The keys that work on every page: the palette, help, the search box, going places, making and editing records.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { objectsQuery } from '../api/queries.ts'
import type { Overlay } from '../features/palette/command.ts'
import { objectOf, targetAt } from '../features/palette/target.ts'
import { isTyping, lettersWork, objectLetters, places } from '../lib/shortcuts.ts'

/** How long a second letter is waited for after G. */
const sequence = 1_500

export function useShortcuts(show: (overlay: Overlay) => void) {
  const router = useRouter()
  const client = useQueryClient()
  useEffect(() => {
    let goUntil = 0

    const go = (letter: string) => {
      const place = (places as Record<string, (typeof places)[keyof typeof places]>)[letter]
      const shown = (client.getQueryData(objectsQuery.queryKey) ?? []).filter((item) => item.in_navigation)
      const object = objectLetters(shown).get(letter)
      if (place === '/search') void router.navigate({ to: place, search: {} })
      else if (place) void router.navigate({ to: place })
      else if (object) void router.navigate({ to: '/o/$object', params: { object } })
    }

    const create = () => {
      const object = objectOf(router.state.location.pathname)
      const summary = (client.getQueryData(objectsQuery.queryKey) ?? []).find((item) => item.name === object)
      if (object && summary?.rights.create && object !== 'file') show({ kind: 'create', object })
      else show({ kind: 'palette' })
    }

    const edit = () => {
      const { pathname, search } = router.state.location
      const target = targetAt(pathname, search)
      const [id] = target?.ids ?? []
      if (target && id && target.ids.length === 1) show({ kind: 'edit', object: target.object, id })
    }

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
      if (second) go(key.toLowerCase())
      else if (key === 'g') goUntil = Date.now() + sequence
      else if (key === '?' || key === '？') show({ kind: 'help' })
      else if (key === '/') focusSearch()
      else if (key === 'c') create()
      else if (key === 'e') edit()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [router, client, show])
}
