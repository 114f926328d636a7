// Rows that come or go above the ones in view, because somebody else wrote, do not move what one is reading.
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import { idOf, type RecordData } from '../../api/types.ts'

interface Anchor {
  /** What is listed: another question begins anew. */
  question: string
  /** Where the first row in view was. */
  at: number
  /** The rows in view; none at the top, where what is new shall be seen. */
  ids: string[]
}

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
  rowHeight: number,
) {
  const anchor = useRef<Anchor>({ question, at: 0, ids: [] })
  const shown = useRef(records)
  const note = useCallback(() => {
    if (!scroller) return
    const at = Math.floor(scroller.scrollTop / rowHeight)
    const end = Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight)
    anchor.current.at = at
    anchor.current.ids = scroller.scrollTop > 0 ? shown.current.slice(at, end).map(idOf) : []
  }, [scroller, rowHeight])
  useEffect(() => {
    scroller?.addEventListener('scroll', note, { passive: true })
    return () => scroller?.removeEventListener('scroll', note)
  }, [scroller, note])
  useLayoutEffect(() => {
    shown.current = records
    if (anchor.current.question !== question) anchor.current = { question, at: 0, ids: [] }
    const { at, ids } = anchor.current
    if (!scroller || ids.length === 0) return
    const by = movedBy(ids, at, records.map(idOf))
    if (by !== 0) scroller.scrollTop += by * rowHeight
    note()
  }, [scroller, question, records, rowHeight, note])
}
