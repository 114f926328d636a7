// Notifications, feedback, help and the tour, loaded after the page: none of it belongs to the first screen. The buttons go into the
// place that the shell keeps for them beside the account.
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Me } from '../../api/types.ts'
import TourHost from '../tour/host.tsx'
import Tools from './tools.tsx'
import { useNoteRecent } from './use_note_recent.ts'

export default function Assist({ me }: { me: Me }) {
  useOneUser(me.id)
  useNoteRecent(!me.previewed_by)
  const [place, setPlace] = useState<HTMLElement | null>(null)
  useEffect(() => setPlace(document.getElementById('assist')), [])
  return (
    <>
      {place && createPortal(<Tools />, place)}
      <TourHost me={me} />
    </>
  )
}

/** In another tab of the browser somebody else was signed in, or looked at as: what was read here is not theirs, so it is loaded anew. */
function useOneUser(id: string) {
  const first = useRef(id)
  useEffect(() => {
    if (id !== first.current) window.location.reload()
  }, [id])
}
