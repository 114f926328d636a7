// Rows that come or go above the ones in view, because somebody else wrote, do not move what one is reading.
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import { idOf, type RecordData } from '../../api/types.ts'

/** Where the rows are: of one height, or each of its own. */
export interface RowPlaces {
  /** The row at this many pixels from the top. */
  at: (offset: number) => number
  /** How far from the top a row begins, in pixels. */
  start: (row: number) => number
}

interface Anchor {
  /** What is listed: another question begins anew. */
  question: string
  /** Where the first row in view was. */
  at: number
  /** The rows in view, and how far below the upper edge each began; none at the top, where what is new shall be seen. */
  ids: string[]
  below: number[]
}

const nowhere = (question: string): Anchor => ({ question, at: 0, ids: [], below: [] })

/** By how many rows most of the rows that were in view have moved; none if they do not agree. */
export function movedBy(ids: string[], at: number, now: string[]): number {
  const places = new Map(now.map((id, index) => [id, index]))
  const votes = new Map<number, number>()
  let there = 0
  for (const [index, id] of ids.entries()) {
    const place = places.get(id)
    if (place === undefined) continue
    there += 1
    const by = place - at - index
    votes.set(by, (votes.get(by) ?? 0) + 1)
  }
  for (const [by, count] of votes) if (count * 2 > there) return by
  return 0
}

export function useAnchor(
  scroller: HTMLElement | null,
  question: string,
  records: RecordData[],
  places: RowPlaces,
) {
  const anchor = useRef<Anchor>(nowhere(question))
  const shown = useRef(records)
  const note = useCallback(() => {
    if (!scroller) return
    const { scrollTop, clientHeight } = scroller
    const at = places.at(scrollTop)
    const end = places.at(scrollTop + clientHeight) + 1
    const ids = scrollTop > 0 ? shown.current.slice(at, end).map(idOf) : []
    const below = ids.map((_, index) => places.start(at + index) - scrollTop)
    Object.assign(anchor.current, { at, ids, below })
  }, [scroller, places])
  useEffect(() => {
    scroller?.addEventListener('scroll', note, { passive: true })
    return () => scroller?.removeEventListener('scroll', note)
  }, [scroller, note])
  useLayoutEffect(() => {
    shown.current = records
    if (anchor.current.question !== question) anchor.current = nowhere(question)
    const { at, ids, below } = anchor.current
    if (!scroller || ids.length === 0) return
    const now = records.map(idOf)
    const by = movedBy(ids, at, now)
    const held = ids.findIndex((id, index) => now[at + index + by] === id)
    if (by !== 0) scroller.scrollTop = places.start(at + held + by) - (below[held] ?? 0)
    note()
  }, [scroller, question, records, places, note])
  return note
}
