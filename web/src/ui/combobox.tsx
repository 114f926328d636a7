// A text box with a list of suggestions (ARIA combobox): keys, mouse, and input methods are all looked after.
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { isComposing } from '../lib/keyboard.ts'
import { place } from './popover.tsx'

export interface Option {
  value: string
  label: string
  hint?: string
}

interface ComboboxProps {
  id: string
  /** What the box shows while nobody types. */
  text: string
  options: Option[]
  onType: (text: string) => void
  onSelect: (option: Option | null) => void
  status?: string
  placeholder?: string
  invalid?: boolean
  describedBy?: string
  label?: string
  autoFocus?: boolean
  /** Enter with nothing chosen, as tags need it. */
  onEnter?: (text: string) => void
  end?: ReactNode
}

export function Combobox(props: ComboboxProps) {
  const { id, text, options, onType, onSelect, status } = props
  const listId = useId()
  const box = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const show = open && (options.length > 0 || Boolean(status))

  const choose = (option: Option | null) => {
    onSelect(option)
    setTyped(null)
    onType('')
    setOpen(false)
  }

  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event)) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (open && options.length > 0) setActive((at) => (at + step + options.length) % options.length)
    } else if (event.key === 'Enter') {
      const option = show ? options[active] : undefined
      if (option || props.onEnter) event.preventDefault()
      if (option) choose(option)
      else if (props.onEnter && typed) {
        props.onEnter(typed)
        setTyped(null)
        onType('')
      }
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      event.stopPropagation()
      setOpen(false)
      setTyped(null)
    }
  }

  return (
    <div className="combobox">
      <input
        ref={box}
        id={id}
        className="input"
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={show}
        aria-controls={show ? listId : undefined}
        aria-activedescendant={show && options[active] ? `${listId}-${active}` : undefined}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        aria-label={props.label}
        autoFocus={props.autoFocus}
        placeholder={props.placeholder}
        value={typed ?? text}
        onChange={(event) => {
          setTyped(event.target.value)
          setActive(0)
          setOpen(true)
          onType(event.target.value)
          if (event.target.value === '' && text !== '') onSelect(null)
        }}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          setTyped(null)
        }}
        onKeyDown={onKeyDown}
      />
      {props.end}
      {show && (
        <Suggestions
          id={listId}
          label={props.label}
          labelledBy={props.label ? undefined : `${id}-label`}
          anchor={box}
          options={options}
          active={active}
          status={status}
          onChoose={choose}
        />
      )}
    </div>
  )
}

interface SuggestionsProps {
  id: string
  label?: string
  labelledBy?: string
  anchor: React.RefObject<HTMLInputElement | null>
  options: Option[]
  active: number
  status?: string
  onChoose: (option: Option) => void
}

function Suggestions(props: SuggestionsProps) {
  const { id, anchor, options, active, status, onChoose } = props
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const [panel, input] = [ref.current, anchor.current]
    if (!panel || !input) return
    if (panel.showPopover && !panel.matches(':popover-open')) panel.showPopover()
    panel.style.width = `${Math.max(input.offsetWidth, 200)}px`
    place(panel, input, 'start')
  })
  useEffect(() => {
    ref.current?.querySelector(`#${CSS.escape(`${id}-${active}`)}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [active, id])
  return (
    <div ref={ref} popover="manual" className="popover">
      {status && (
        <div className="menu-title" role="status">
          {status}
        </div>
      )}
      <div id={id} role="listbox" aria-label={props.label} aria-labelledby={props.labelledBy}>
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the text box
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className="menu-item option"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(option)}
          >
            <span>{option.label}</span>
            {option.hint && <span className="end">{option.hint}</span>}
          </div>
        ))}
      </div>
    </div>
  )
}
