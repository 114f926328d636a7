// The shell's part of live updates: starts them after the first screen, and learns when the server runs another build of this UI.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { aboutQuery } from '../../api/queries.ts'
import type { Me } from '../../api/types.ts'

/** Follows changes for this user. True once the server serves another build than this page came from. */
export function useLive(me: Me | null | undefined): boolean {
  const client = useQueryClient()
  const [outdated, setOutdated] = useState(false)
  const id = me?.id
  const organisation = me?.organisation.name
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place in the log matters only when the stream begins
  useEffect(() => {
    if (!id) return
    let stop = () => {}
    let ended = false
    const seq = me?.seq ?? 0
    const compare = async () => {
      const before = await client.ensureQueryData(aboutQuery)
      const now = await client.fetchQuery({ ...aboutQuery, queryKey: ['about', 'now'], staleTime: 0 })
      if (before.web_build !== now.web_build || before.version !== now.version) setOutdated(true)
    }
    void import('./live.ts').then(({ startLive }) => {
      if (ended) return
      stop = startLive(client, `${organisation} ${id}`, seq, () => void compare().catch(() => {}))
    })
    return () => {
      ended = true
      stop()
    }
  }, [client, id, organisation])
  return outdated
}
