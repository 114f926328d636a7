// What the palette can do: a label to find it by, and what happens.
import type { ReactNode } from 'react'

export type Group = 'selection' | 'records' | 'create' | 'go' | 'preferences'

export interface Command {
  id: string
  group: Group
  label: string
  /** Other words for it, such as its name in the other language. */
  otherNames?: string
  hint?: string
  icon?: ReactNode
  /** What happens; `stay` keeps the palette open, as for a further choice. */
  run: () => void
  stay?: boolean
}

/** What lies over the page. */
export type Overlay =
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'create'; object: string }
  | { kind: 'edit'; object: string; id: string }
  | { kind: 'delete'; object: string; ids: string[] }

/** The records that commands are about: those ticked in a list, or the one that is open. */
export interface Target {
  object: string
  ids: string[]
}
