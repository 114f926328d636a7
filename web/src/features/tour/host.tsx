// Offers the tour to new users on their home page, and runs it; how far one has come is kept with the user.
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { updateMe } from '../../api/commands.ts'
import { meQuery } from '../../api/queries.ts'
import type { Me } from '../../api/types.ts'
import { tourHash } from './hash.ts'

const Tour = lazy(() => import('./tour.tsx'))
const Offer = lazy(() => import('./offer.tsx'))
const over = -1

export default function TourHost({ me }: { me: Me }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const asked = useRouterState({ select: (state) => state.location.hash === tourHash })
  const [running, setRunning] = useState(false)
  const [later, setLater] = useState(false)
  const keep = (tour: number) => {
    client.setQueryData(meQuery.queryKey, (old) => old && { ...old, tour })
    // An administrator who looks as the user does keeps nothing.
    if (me.previewed_by) return
    // What could not be kept is kept with the next step; the tour goes on.
    void updateMe({ tour }).catch(() => {})
  }
  const start = useRef(() => {})
  start.current = () => {
    setRunning(true)
    keep(1)
  }
  // Asked for by its address, as the help menu does: from the first step on, however far one had come.
  useEffect(() => {
    if (!asked) return
    start.current()
    void navigate({ to: '/', replace: true })
  }, [asked, navigate])
  const end = (tour: number) => {
    setRunning(false)
    setLater(true)
    keep(tour)
  }
  if (running) {
    return (
      <Suspense>
        <Tour me={me} step={Math.max(1, me.tour)} onStep={keep} onEnd={() => end(over)} />
      </Suspense>
    )
  }
  if (me.previewed_by || me.tour === over || later || path !== '/') return null
  return (
    <Suspense>
      <Offer
        begun={me.tour > 0}
        onStart={() => {
          setRunning(true)
          keep(Math.max(1, me.tour))
        }}
        onLater={() => setLater(true)}
        onNever={() => end(over)}
      />
    </Suspense>
  )
}
