// Keeps the screens of a signed-in user up to date with what others do. Loaded after the first screen is drawn.
import type { QueryClient } from '@tanstack/react-query'
import { createRefresher } from './refresh.ts'
import { followChanges } from './shared_stream.ts'

/** Follows the changes after `seq` until the answer is called; `onOpen` is called whenever the stream is opened. */
export function startLive(client: QueryClient, user: string, seq: number, onOpen: () => void): () => void {
  const refresher = createRefresher(client)
  const onNotification = () => void client.invalidateQueries({ queryKey: ['notifications'] })
  const stop = followChanges({ user, seq, onChange: refresher.take, onNotification, onOpen })
  return () => {
    stop()
    refresher.stop()
  }
}
