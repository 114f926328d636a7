// Rows that come or go above the ones in view, because somebody else wrote, do not move what one is reading.
import { useEffect, useLayoutEffect, useRef } from 'react'
import { idOf, type RecordData } from '../../api/types.ts'

interface Anchor {
  /** What is listed: another question begins anew. */
  question: string
  /** The first row in view; null at the top, where what is new shall be seen. */
  id: string | null
}

export function useAnchor(
  scroller: HTMLElement | null,
  question: string,
  records: RecordData[],
  rowHeight: number,
) {
  const anchor = useRef<Anchor>({ question, id: null })
  const shown = useRef(records)
  useEffect(() => {
    if (!scroller) return
    const note = () => {
      const record = shown.current[Math.floor(scroller.scrollTop / rowHeight)]
      anchor.current.id = scroller.scrollTop > 0 && record ? idOf(record) : null
    }
    scroller.addEventListener('scroll', note, { passive: true })
    return () => scroller.removeEventListener('scroll', note)
  }, [scroller, rowHeight])
  useLayoutEffect(() => {
    shown.current = records
    if (anchor.current.question !== question) anchor.current = { question, id: null }
    const { id } = anchor.current
    if (!scroller || id === null) return
    const at = records.findIndex((record) => idOf(record) === id)
    const by = at - Math.floor(scroller.scrollTop / rowHeight)
    if (at >= 0 && by !== 0) scroller.scrollTop += by * rowHeight
  }, [scroller, question, records, rowHeight])
}
