// The editor of a cell, laid over it. Enter and Tab save and go on, Esc gives up, a press elsewhere saves.
import { Suspense, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, RecordData } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Skeleton } from '../../ui/feedback.tsx'

export type Move = 'down' | 'next' | 'previous' | 'stay'

interface EditorProps {
  field: Field
  record: RecordData
  /** The cell it lies over. */
  anchor: HTMLElement
  /** True when editing began by typing: what was there is replaced. */
  fresh: boolean
  onCommit: (value: unknown, beside: RecordData, move: Move) => void
  onCancel: () => void
}

const narrow = 200
const multiline = ['long_text', 'json']
const popups = 'dialog, [popover], .ant-picker-dropdown, .ant-select-dropdown, .ant-cascader-dropdown'

export function CellEditor({ field, record, anchor, fresh, onCommit, onCancel }: EditorProps) {
  const { t } = useTranslation()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const { Edit } = fieldType(field.type)
  const [state, setState] = useState({ value: fresh ? null : record[field.name], beside: {} as RecordData })
  const latest = useRef(state)
  const commit = useRef((_move: Move) => {})
  commit.current = (move) => onCommit(latest.current.value, latest.current.beside, move)

  useLayoutEffect(() => {
    const put = () => {
      const cell = anchor.getBoundingClientRect()
      const panel = box.current
      if (!panel) return
      const width = Math.max(cell.width, narrow)
      panel.style.minWidth = `${width}px`
      panel.style.left = `${Math.max(8, Math.min(cell.left, window.innerWidth - panel.offsetWidth - 8))}px`
      panel.style.top = `${Math.min(cell.top, window.innerHeight - panel.offsetHeight - 8)}px`
    }
    put()
    const watch = new ResizeObserver(put)
    if (box.current) watch.observe(box.current)
    document.addEventListener('scroll', put, true)
    window.addEventListener('resize', put)
    return () => {
      watch.disconnect()
      document.removeEventListener('scroll', put, true)
      window.removeEventListener('resize', put)
    }
  }, [anchor])

  // Types whose editor takes no autofocus, or comes later, get the focus here.
  useEffect(() => {
    const inside = box.current?.contains(document.activeElement)
    if (!inside) box.current?.querySelector<HTMLElement>('input, select, textarea, button')?.focus()
    const field = document.activeElement
    if (!fresh && field instanceof HTMLInputElement && box.current?.contains(field)) field.select?.()
  }, [fresh])

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Element
      if (!box.current?.contains(target) && !target.closest(popups)) commit.current('stay')
    }
    document.addEventListener('pointerdown', outside, true)
    return () => document.removeEventListener('pointerdown', outside, true)
  }, [])

  return (
    <div
      ref={box}
      className="cell-editor"
      data-editing={String(record.id)}
      role="group"
      aria-label={t('grid.editing', { field: field.label })}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (isComposing(event)) {
          if (event.key === 'Enter') event.preventDefault()
          return
        }
        if (event.defaultPrevented) return
        if (event.key === 'Escape') {
          event.preventDefault()
          onCancel()
        } else if (event.key === 'Tab') {
          event.preventDefault()
          // What a control takes over when it is left, such as a tag half typed, is taken over first.
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
          const move = event.shiftKey ? 'previous' : 'next'
          queueMicrotask(() => commit.current(move))
        } else if (event.key === 'Enter') {
          const long = multiline.includes(field.type) && !event.ctrlKey && !event.metaKey
          if (long || (event.target instanceof Element && event.target.tagName === 'BUTTON')) return
          event.preventDefault()
          commit.current('down')
        }
      }}
    >
      <span className="sr-only" id={`${id}-label`}>
        {field.label}
      </span>
      <label className="sr-only" htmlFor={id}>
        {field.label}
      </label>
      <Suspense fallback={<Skeleton height={30} />}>
        <Edit
          id={id}
          field={field}
          value={state.value}
          record={record}
          onChange={(value, beside = {}) => {
            latest.current = { value, beside }
            setState(latest.current)
          }}
          autoFocus
        />
      </Suspense>
    </div>
  )
}
