// The command palette: one box over everything. Records, actions on what is open or ticked, places and preferences, by typing.
import { useLocation } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isComposing } from '../../lib/keyboard.ts'
import { useAssignCommands } from './assign_commands.tsx'
import type { Command, Group, Overlay } from './command.ts'
import { useGeneralCommands } from './general_commands.tsx'
import { score } from './match.ts'
import './palette.css'
import { useRecordCommands } from './record_commands.tsx'
import { searchAll, useFoundRecords } from './record_search.tsx'
import { objectOf, targetAt } from './target.ts'

const order: Group[] = ['selection', 'records', 'create', 'go', 'preferences']
/** How many of a group are shown before anything is typed. */
const atFirst: Record<Group, number> = { selection: 20, records: 5, create: 4, go: 6, preferences: 20 }

/** Records that were found come after what a label says outright, and before what it hints at; the page of all results is last. */
const foundPoints = ({ id }: Command) => (id === searchAll ? 1 : 55)

/** What can be done with the record at hand goes before what is like it elsewhere. */
function points({ group, label, otherNames }: Command, text: string): number {
  const own = score(label, text, otherNames)
  return own > 0 && group === 'selection' ? own + 40 : own
}

interface PaletteProps {
  show: (overlay: Overlay) => void
  onClose: () => void
}

export default function Palette({ show, onClose }: PaletteProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const [typed, setTyped] = useState('')
  const [assigning, setAssigning] = useState(false)
  const { title, groups } = useGroups(typed, assigning, show, () => {
    setAssigning(true)
    setTyped('')
  })

  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    if (!element?.open) element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  const choose = (command: Command) => {
    if (!command.stay) onClose()
    command.run()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it; the click is the one on the backdrop
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('palette.title')}
      onCancel={(event) => {
        event.preventDefault()
        if (assigning) setAssigning(false)
        else onClose()
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <PaletteList
        key={String(assigning)}
        typed={typed}
        onType={setTyped}
        placeholder={assigning ? t('palette.assignTo') : t('palette.placeholder')}
        groups={groups.map(({ group, commands }) => ({
          label: group === 'selection' ? (title ?? '') : t(`palette.group.${group}`),
          commands,
        }))}
        onChoose={choose}
      />
    </dialog>
  )
}

/** All that can be done here, by group, best match first; before anything is typed, the likeliest of each group. */
function useGroups(typed: string, assigning: boolean, show: PaletteProps['show'], onAssign: () => void) {
  const { pathname, search } = useLocation()
  const { t } = useTranslation()
  // What the palette was opened over: ticked rows stay the target although the list behind may be drawn anew.
  const [target] = useState(() => targetAt(pathname, search))
  const general = useGeneralCommands(objectOf(pathname), show)
  const isPage = /^\/o\/[^/]+\/[^/]+/.test(pathname)
  const about = useRecordCommands(target, isPage, show, onAssign)
  const found = useFoundRecords(typed)
  const assign = useAssignCommands(target, assigning)
  const all = assigning ? assign : [...(about?.commands ?? []), ...general]
  const text = typed.trim()
  const groups = useMemo(() => {
    const matched = all
      .map((command) => ({ command, points: points(command, text) }))
      .filter((match) => match.points > 0)
    if (text) matched.sort((left, right) => right.points - left.points)
    const records = assigning ? [] : found.map((command) => ({ command, points: foundPoints(command) }))
    const groups = order.map((group) => {
      const own = [...matched, ...records].filter(({ command }) => command.group === group)
      return { group, points: own[0]?.points ?? 0, commands: own.map(({ command }) => command) }
    })
    if (text) groups.sort((left, right) => right.points - left.points)
    return groups
      .map(({ group, commands }) => ({
        group,
        commands: commands.slice(0, text || assigning ? 12 : atFirst[group]),
      }))
      .filter(({ commands }) => commands.length > 0)
  }, [all, text, found, assigning])
  return { title: assigning ? t('palette.assignTo') : about?.title, groups }
}

interface ListProps {
  typed: string
  onType: (text: string) => void
  placeholder: string
  groups: Array<{ label: string; commands: Command[] }>
  onChoose: (command: Command) => void
}

function PaletteList({ typed, onType, placeholder, groups, onChoose }: ListProps) {
  const { t } = useTranslation()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<string | null>(null)
  const all = groups.flatMap((group) => group.commands)
  const at = Math.max(
    0,
    all.findIndex((command) => command.id === active),
  )
  const current = all[at]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the active line is looked up in the page
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [current?.id])

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event)) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && all.length > 0) {
      event.preventDefault()
      setActive(all[(at + step + all.length) % all.length]?.id ?? null)
    } else if (event.key === 'Enter' && current) {
      event.preventDefault()
      onChoose(current)
    }
  }
  return (
    <>
      <div className="palette-box">
        <Search size={16} aria-hidden />
        <input
          role="combobox"
          aria-label={placeholder}
          placeholder={placeholder}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? `${id}-${current.id}`.replaceAll(' ', '_') : undefined}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={typed}
          onChange={(event) => {
            onType(event.target.value)
            setActive(null)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t('palette.title')}
        className="palette-list"
      >
        {groups.map((group) => (
          <div key={group.label} role="group" aria-label={group.label}>
            <div className="menu-title" aria-hidden>
              {group.label}
            </div>
            {group.commands.map((command) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the text box
              <div
                key={command.id}
                id={`${id}-${command.id}`.replaceAll(' ', '_')}
                role="option"
                aria-selected={command === current}
                className="menu-item option"
                onPointerMove={() => setActive(command.id)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => onChoose(command)}
              >
                {command.icon}
                <span className="ellipsis">{command.label}</span>
                {command.hint && <span className="end">{command.hint}</span>}
              </div>
            ))}
          </div>
        ))}
        {all.length === 0 && (
          <p role="status" className="palette-nothing">
            {t('palette.nothing', { text: typed })}
          </p>
        )}
      </div>
    </>
  )
}
