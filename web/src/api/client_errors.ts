// Tells the server what went wrong in this browser: what is thrown and caught by nobody, and pages that crash. A few times for each
// page loaded, and each error once.
import { client } from './client.ts'
import { ApiError } from './problem.ts'

const most = 10
const told = new Set<string>()
let pageOf: () => string = () => ''

type Kind = 'error' | 'rejection' | 'crash'

/** What a browser says without anything being wrong. */
const harmless = /ResizeObserver loop|Load failed|Failed to fetch|NetworkError|dynamically imported module/

/** Reports an error, unless it is one of the server's own or was reported already. */
export function reportError(kind: Kind, error: unknown) {
  if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) return
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  const key = `${kind} ${message} ${stack?.slice(0, 300)}`
  if (harmless.test(message) || told.has(key) || told.size >= most) return
  told.add(key)
  const build = document.querySelector('script[type=module]')?.getAttribute('src') ?? ''
  const body = { kind, message, stack: stack ?? null, page: pageOf(), build }
  void client.POST('/api/v1/client_errors', { body, keepalive: true }).catch(() => {})
}

/** Reports what nobody catches; `page` gives the pattern of the address, without ids and search texts. */
export function watchErrors(page: () => string) {
  pageOf = page
  window.addEventListener('error', (event) => {
    if (event.error !== undefined && event.error !== null) reportError('error', event.error)
  })
  window.addEventListener('unhandledrejection', (event) => reportError('rejection', event.reason))
}
