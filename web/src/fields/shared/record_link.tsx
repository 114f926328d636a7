// A link to a record that costs next to nothing to draw: lists have two of them in every row.
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

interface LinkProps {
  object: string
  id: string
  className: string
  children: ReactNode
}

/** The page that the pointer rests on, about to be fetched. */
let pending: ReturnType<typeof setTimeout> | undefined
const preloadDelay = 80

export function RecordLink({ object, id, className, children }: LinkProps) {
  const router = useRouter()
  const target = { to: '/o/$object/$id', params: { object, id } } as const
  const go = (event: MouseEvent) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!plain || event.defaultPrevented) return
    event.preventDefault()
    void router.navigate(target)
  }
  return (
    <a
      className={className}
      href={`/o/${object}/${id}`}
      onClick={go}
      onPointerEnter={() => {
        clearTimeout(pending)
        pending = setTimeout(() => void router.preloadRoute(target), preloadDelay)
      }}
      onPointerLeave={() => clearTimeout(pending)}
    >
      {children}
    </a>
  )
}
