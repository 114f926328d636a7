// A menu of commands behind a button, with arrow keys.
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Popover } from './popover.tsx'

interface MenuItem {
  label: string
  icon?: ReactNode
  onSelect: () => void
  danger?: boolean
  disabled?: boolean
  /** Marks the item as one of a set of choices. */
  checked?: boolean
  hint?: string
}

export type MenuEntry = MenuItem | { title: string } | 'line'

interface MenuProps {
  label: string
  align?: 'start' | 'end'
  items: MenuEntry[]
  trigger: Parameters<typeof Popover>[0]['trigger']
}

export function Menu({ label, align, items, trigger }: MenuProps) {
  return (
    <Popover label={label} role="menu" align={align} trigger={trigger}>
      {(close) => items.map((item, index) => <Entry key={entryKey(item, index)} item={item} close={close} />)}
    </Popover>
  )
}

function entryKey(item: MenuEntry, index: number): string {
  if (item === 'line') return `line${index}`
  return 'title' in item ? `title ${item.title}` : `${index} ${item.label}`
}

function Entry({ item, close }: { item: MenuEntry; close: () => void }) {
  if (item === 'line') return <hr className="menu-line" />
  if ('title' in item) return <div className="menu-title">{item.title}</div>
  const radio = item.checked !== undefined
  return (
    <button
      type="button"
      role={radio ? 'menuitemradio' : 'menuitem'}
      aria-checked={radio ? item.checked : undefined}
      className={`menu-item ${item.danger ? 'danger' : ''}`}
      disabled={item.disabled}
      tabIndex={-1}
      onClick={() => {
        close()
        item.onSelect()
      }}
    >
      {item.icon}
      <span>{item.label}</span>
      {item.hint && <span className="end">{item.hint}</span>}
      {item.checked && <Check size={14} className="end" aria-hidden />}
    </button>
  )
}
