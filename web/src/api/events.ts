// The server's stream of changes: `GET /api/v1/events`, kept open, and opened again where it was.

/** What the stream says of a change. */
export interface ChangeEvent {
  seq: number
  object: string
  id: string
  op: 'create' | 'update' | 'delete' | 'restore' | 'purge'
  version: number
  change_set: string
  /** The records on whose timeline it shows, as far as the change names them. */
  about?: string[]
}

const firstWait = 2_000
const longestWait = 60_000

interface Handlers {
  /** From where: read again each time the stream is opened. */
  after: () => number
  onChange: (change: ChangeEvent) => void
  /** The user was told something, or has read it in another place. */
  onNotification: () => void
  onOpen: () => void
}

/** Opens the stream; the answer closes it. */
export function openEvents({ after, onChange, onNotification, onOpen }: Handlers): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = firstWait
  const open = () => {
    source = new EventSource(`/api/v1/events?after=${after()}`)
    source.addEventListener('open', () => {
      wait = firstWait
      onOpen()
    })
    source.addEventListener('change', (event) => onChange(JSON.parse(event.data) as ChangeEvent))
    source.addEventListener('notification', onNotification)
    source.addEventListener('error', () => {
      // A lost connection is opened again by the browser itself, with Last-Event-ID; a refused one is not.
      if (source?.readyState !== EventSource.CLOSED) return
      timer = setTimeout(open, wait * (0.75 + Math.random() / 2))
      wait = Math.min(2 * wait, longestWait)
    })
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}
