// Remembers with the user which records were looked at: those that stay open for a moment.
import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { noteRecent } from '../../api/commands.ts'
import { targetAt } from '../palette/target.ts'

const moment = 1_000

/** Who looks as another user does leaves nothing with them. */
export function useNoteRecent(wanted: boolean) {
  const client = useQueryClient()
  const id = useLocation({
    select: ({ pathname, search }) => {
      const target = targetAt(pathname, search)
      const shown = /^\/o\/[^/]+\/[^/]+/.test(pathname) || 'peek' in search
      return shown ? (target?.ids[0] ?? null) : null
    },
  })
  useEffect(() => {
    if (!id || !wanted) return
    const timer = setTimeout(() => {
      // A record that is not there, or a lost connection, is told by the page itself.
      noteRecent(id)
        .then(() => client.invalidateQueries({ queryKey: ['recent'] }))
        .catch(() => {})
    }, moment)
    return () => clearTimeout(timer)
  }, [id, wanted, client])
}
