// Notifications, feedback, help and the tour, loaded after the page: none of it belongs to the first screen. The buttons go into the
// place that the shell keeps for them beside the account.
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Me } from '../../api/types.ts'
import TourHost from '../tour/host.tsx'
import Tools from './tools.tsx'
import { useNoteRecent } from './use_note_recent.ts'

export default function Assist({ me }: { me: Me }) {
  useNoteRecent()
  const [place, setPlace] = useState<HTMLElement | null>(null)
  useEffect(() => setPlace(document.getElementById('assist')), [])
  return (
    <>
      {place && createPortal(<Tools />, place)}
      <TourHost me={me} />
    </>
  )
}
