// One stream of changes for all tabs of a browser: the tab that holds the lock has it open and tells the others. HTTP/1.1
// allows six connections to a server, and a stream takes one for good.
import { type ChangeEvent, openEvents } from '../../api/events.ts'

type Message = { change: ChangeEvent } | 'notification' | 'open'

interface Follower {
  /** Sets streams of different users apart. */
  user: string
  /** The place in the log that what is on screen was read after. */
  seq: number
  onChange: (change: ChangeEvent) => void
  onNotification: () => void
  /** The stream has been opened, or opened again. */
  onOpen: () => void
}

/** Follows the changes until the answer is called. */
export function followChanges({ user, seq, onChange, onNotification, onOpen }: Follower): () => void {
  const name = `guanxi.live.${user}`
  const channel = new BroadcastChannel(name)
  let last = seq
  const take = (message: Message) => {
    if (message === 'open') return onOpen()
    if (message === 'notification') return onNotification()
    if (message.change.seq <= last) return
    last = message.change.seq
    onChange(message.change)
  }
  channel.onmessage = (event: MessageEvent<Message>) => take(event.data)
  const tell = (message: Message) => {
    channel.postMessage(message)
    take(message)
  }
  const lead = () =>
    openEvents({
      after: () => last,
      onChange: (change) => tell({ change }),
      onNotification: () => tell('notification'),
      onOpen: () => tell('open'),
    })
  const stop = navigator.locks ? whenFirst(name, lead) : whileVisible(lead)
  return () => {
    stop()
    channel.close()
  }
}

/** Runs in one tab at a time, and in the next one when that tab is closed. */
function whenFirst(name: string, run: () => () => void): () => void {
  const waiting = new AbortController()
  let end = () => {}
  const held = () =>
    new Promise<void>((done) => {
      const stop = run()
      end = () => {
        stop()
        done()
      }
    })
  navigator.locks.request(name, { signal: waiting.signal }, held).catch(() => {})
  return () => {
    waiting.abort()
    end()
  }
}

/** Without locks (plain HTTP on another host): each tab while it is in view. */
function whileVisible(run: () => () => void): () => void {
  let stop: (() => void) | null = null
  const update = () => {
    if (document.visibilityState === 'visible') stop ??= run()
    else {
      stop?.()
      stop = null
    }
  }
  update()
  document.addEventListener('visibilitychange', update)
  return () => {
    document.removeEventListener('visibilitychange', update)
    stop?.()
  }
}
