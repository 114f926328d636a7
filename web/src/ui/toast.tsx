// Short messages at the foot of the screen, with an action such as Undo; errors are announced as alerts.
import { X } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'

interface Toast {
  id: number
  text: string
  kind: 'info' | 'error'
  action?: { label: string; run: () => void }
}

const lifetime = 10_000
let toasts: Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function publish(next: Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

function dismiss(id: number) {
  publish(toasts.filter((toast) => toast.id !== id))
}

function show(toast: Omit<Toast, 'id'>) {
  lastId += 1
  const id = lastId
  publish([...toasts.slice(-2), { ...toast, id }])
  setTimeout(() => dismiss(id), lifetime)
}

export function showToast(text: string, action?: Toast['action']) {
  show({ text, kind: 'info', action })
}

export function showError(text: string) {
  show({ text, kind: 'error' })
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const { t } = useTranslation()
  const list = useSyncExternalStore(subscribe, () => toasts)
  const ref = useRef<HTMLDivElement>(null)

  const raised = useRef(0)
  const newest = list.at(-1)?.id ?? 0
  // Shown again with each new toast, so that it lies above what was opened before it; what is opened later lies above the toasts.
  useEffect(() => {
    const element = ref.current
    if (!element?.showPopover || (newest > 0 && newest <= raised.current)) return
    if (element.matches(':popover-open')) element.hidePopover()
    if (newest > 0) element.showPopover()
    raised.current = Math.max(newest, raised.current)
  }, [newest])

  return (
    <div ref={ref} className="toasts" popover="manual">
      {list.map((toast) => (
        <div
          key={toast.id}
          className={`toast toast-${toast.kind}`}
          role={toast.kind === 'error' ? 'alert' : 'status'}
        >
          <span>{toast.text}</span>
          {toast.action && (
            <Button
              variant="plain"
              className="toast-action"
              onClick={() => {
                dismiss(toast.id)
                toast.action?.run()
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton label={t('common.close')} onClick={() => dismiss(toast.id)}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
