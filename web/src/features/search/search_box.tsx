// The search box of the shell: results by object while one types, keys alone, and all results on a page of their own.
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { searchQuery } from '../../api/page_queries.ts'
import type { SearchHit } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { isComposing } from '../../lib/keyboard.ts'
import { useSettled } from '../../lib/settled.ts'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { place } from '../../ui/popover.tsx'
import { Hit } from './hit.tsx'
import { usePlural } from './plural.ts'
import './search.css'

/** How long after a key the server is asked, in milliseconds. */
const pause = 60
const perObject = 4

export default function SearchBox() {
  const { t } = useTranslation()
  const id = useId()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const box = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const text = useSettled(typed.trim(), pause)
  const { data, isPlaceholderData: older } = useQuery(searchQuery(text, perObject))
  const hits = text && data && !older ? data.groups.flatMap((group) => group.records) : []
  const show = open && text !== '' && data !== undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: leaving for another page ends the search
  useEffect(() => setOpen(false), [pathname])

  const openHit = (hit: SearchHit) => {
    setOpen(false)
    setTyped('')
    void navigate({ to: '/o/$object/$id', params: { object: hit.object, id: hit.id } })
  }
  const openAll = () => {
    setOpen(false)
    if (typed.trim()) void navigate({ to: '/search', search: { q: typed.trim() } })
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event)) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setOpen(true)
      // One place more than there are hits: the link to all of them.
      const count = hits.length + 1
      setActive((at) => (at + step + count + (at < 0 && step < 0 ? 1 : 0)) % count)
    } else if (event.key === 'Enter') {
      const hit = show ? hits[active] : undefined
      if (hit) openHit(hit)
      else openAll()
    } else if (event.key === 'Escape') {
      if (show) setOpen(false)
      else {
        setTyped('')
        box.current?.blur()
      }
    }
  }
  return (
    <div className="global-search" role="search">
      <Search size={14} aria-hidden />
      <input
        ref={box}
        id="global-search"
        type="search"
        role="combobox"
        aria-label={t('search.box')}
        aria-expanded={show}
        aria-controls={show ? `${id}-list` : undefined}
        aria-activedescendant={show && active >= 0 ? `${id}-${active}` : undefined}
        aria-keyshortcuts="/"
        autoComplete="off"
        placeholder={t('search.placeholder')}
        title={t('search.hint')}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setActive(-1)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden>/</kbd>
      {show && (
        <Panel
          id={id}
          anchor={box}
          text={text}
          groups={data.groups}
          active={older ? -1 : active}
          older={older}
          onHit={openHit}
          onAll={openAll}
        />
      )}
    </div>
  )
}

interface PanelProps {
  id: string
  anchor: React.RefObject<HTMLInputElement | null>
  text: string
  groups: Array<{ object: string; label: string; records: SearchHit[]; more: boolean }>
  active: number
  /** What is shown was found by less than what is typed; the rest is on its way. */
  older: boolean
  onHit: (hit: SearchHit) => void
  onAll: () => void
}

function Panel({ id, anchor, text, groups, active, older, onHit, onAll }: PanelProps) {
  const { t } = useTranslation()
  const plural = usePlural()
  const { objects } = useFieldSettings()
  const panel = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const [element, input] = [panel.current, anchor.current]
    if (!element || !input) return
    if (!element.matches(':popover-open')) element.showPopover?.()
    place(element, input, 'start')
  })
  useEffect(() => {
    panel.current?.querySelector(`#${CSS.escape(`${id}-${active}`)}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [active, id])
  let at = -1
  const option = (label: React.ReactNode, choose: () => void, className = '') => {
    at += 1
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the text box
      <div
        id={`${id}-${at}`}
        key={at}
        role="option"
        aria-selected={at === active}
        className={`menu-item option ${className}`}
        onPointerDown={(event) => event.preventDefault()}
        onClick={choose}
      >
        {label}
      </div>
    )
  }
  return (
    <div ref={panel} popover="manual" className="popover search-panel">
      {groups.length === 0 && (
        <p role="status" className="palette-nothing">
          {t('search.nothing', { text })}
        </p>
      )}
      <div id={`${id}-list`} role="listbox" aria-label={t('search.results', { text })} aria-busy={older}>
        {groups.map((group) => (
          <div
            key={group.object}
            role="group"
            aria-label={plural(group)}
            data-module={objects.get(group.object)?.module}
          >
            <div className="menu-title" aria-hidden>
              <ObjectIcon name={objects.get(group.object)?.icon} size={13} /> {plural(group)}
            </div>
            {group.records.map((hit) => option(<Hit hit={hit} />, () => onHit(hit)))}
          </div>
        ))}
        {option(t('search.seeAll'), onAll, 'search-all')}
      </div>
    </div>
  )
}
