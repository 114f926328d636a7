// A floating panel beside its trigger, in the browser's top layer so that it shows above dialogs.
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

interface TriggerProps {
  ref: RefObject<HTMLButtonElement | null>
  onClick: () => void
  'aria-expanded': boolean
  'aria-haspopup': 'menu' | 'dialog'
}

interface PopoverProps {
  label: string
  role?: 'menu' | 'dialog'
  align?: 'start' | 'end'
  trigger: (props: TriggerProps) => ReactNode
  children: (close: () => void) => ReactNode
}

const gap = 4
const margin = 8

/** Puts the panel below the trigger, or above it when there is more room there, and inside the window. */
export function place(panel: HTMLElement, trigger: HTMLElement, align: 'start' | 'end') {
  const box = trigger.getBoundingClientRect()
  const below = window.innerHeight - box.bottom - gap - margin
  const above = box.top - gap - margin
  const up = panel.scrollHeight > below && above > below
  panel.style.maxHeight = `${Math.max(120, up ? above : below)}px`
  const width = panel.offsetWidth
  const wanted = align === 'end' ? box.right - width : box.left
  const left = Math.min(Math.max(margin, wanted), window.innerWidth - width - margin)
  panel.style.left = `${Math.max(margin, left)}px`
  panel.style.top = up ? 'auto' : `${box.bottom + gap}px`
  panel.style.bottom = up ? `${window.innerHeight - box.top + gap}px` : 'auto'
}

export function Popover({ label, role = 'dialog', align = 'start', trigger, children }: PopoverProps) {
  const [open, setOpen] = useState(false)
  const triggerRef = useRef<HTMLButtonElement>(null)
  const close = useCallback(() => {
    setOpen(false)
    triggerRef.current?.focus()
  }, [])
  return (
    <>
      {trigger({
        ref: triggerRef,
        onClick: () => setOpen((was) => !was),
        'aria-expanded': open,
        'aria-haspopup': role,
      })}
      {open && (
        <Panel
          label={label}
          role={role}
          align={align}
          trigger={triggerRef}
          close={close}
          dismiss={() => setOpen(false)}
        >
          {children(close)}
        </Panel>
      )}
    </>
  )
}

interface PanelProps {
  label: string
  role: 'menu' | 'dialog'
  align: 'start' | 'end'
  trigger: RefObject<HTMLButtonElement | null>
  close: () => void
  dismiss: () => void
  children: ReactNode
}

function Panel({ label, role, align, trigger, close, dismiss, children }: PanelProps) {
  const panel = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    const [element, anchor] = [panel.current, trigger.current]
    if (!element || !anchor) return
    element.showPopover?.()
    const update = () => place(element, anchor, align)
    update()
    const watch = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(update)
    watch?.observe(element)
    window.addEventListener('resize', update)
    const first = element.querySelector<HTMLElement>(
      '[autofocus], [role^=menuitem], input, select, button, a',
    )
    first?.focus()
    return () => {
      watch?.disconnect()
      window.removeEventListener('resize', update)
    }
  }, [align, trigger])

  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Element
      if (panel.current?.contains(target) || trigger.current?.contains(target)) return
      if (target.closest('[popover]')) return
      dismiss()
    }
    document.addEventListener('pointerdown', onPointer, true)
    return () => document.removeEventListener('pointerdown', onPointer, true)
  }, [dismiss, trigger])

  return (
    <div
      ref={panel}
      popover="manual"
      className="popover"
      role={role}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault()
          event.stopPropagation()
          close()
        }
        if (role === 'menu') moveFocus(event.key, panel.current, () => event.preventDefault(), dismiss)
      }}
    >
      {children}
    </div>
  )
}

function moveFocus(key: string, panel: HTMLElement | null, handled: () => void, dismiss: () => void) {
  if (key === 'Tab') return dismiss()
  const items = [...(panel?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[key]
  if (target === undefined || items.length === 0) return
  handled()
  items[(target + items.length) % items.length]?.focus()
}
