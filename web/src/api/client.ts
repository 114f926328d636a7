// The typed client over the generated paths: language header, sign-in watch, problems as exceptions.
import createClient from 'openapi-fetch'
import { currentLanguage } from '../lib/i18n.ts'
import type { paths } from './generated.ts'
import { rememberOwnWrite } from './own_writes.ts'
import { toApiError } from './problem.ts'

export const client = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

let onSignedOut: () => void = () => {}

/** Called whenever the server says that nobody is signed in. */
export function watchSignedOut(handler: () => void) {
  onSignedOut = handler
}

let onStepUp: () => Promise<boolean> = async () => false

/** Called when the server wants to know once more who sits there; says whether that was shown, so that the request is sent again. */
export function watchStepUp(handler: () => Promise<boolean>) {
  onStepUp = handler
}

/** Requests as they were sent, to send them again: their bodies can be read only once. */
const sent = new Map<string, Request>()

async function codeOf(response: Response): Promise<unknown> {
  const body: unknown = await response.clone().json()
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : null
}

client.use({
  onRequest({ request, id }) {
    request.headers.set('Accept-Language', currentLanguage())
    // Files are too large to be kept, and what is sent as the page goes is not sent again.
    if (!request.keepalive && /json|^$/.test(request.headers.get('Content-Type') ?? ''))
      sent.set(id, request.clone())
  },
  onError({ id }) {
    sent.delete(id)
  },
  async onResponse({ request, response, schemaPath, id, options }) {
    const again = sent.get(id)
    sent.delete(id)
    if (
      response.status === 403 &&
      again &&
      (await codeOf(response).catch(() => null)) === 'step_up_required'
    ) {
      const { fetch: send } = options
      return (await onStepUp()) ? send(again) : undefined
    }
    // Signing in and out, and asking whether one is, say so themselves.
    const own =
      schemaPath === '/api/v1/sessions/current' ||
      (schemaPath === '/api/v1/sessions' && request.method === 'POST')
    if (response.status === 401 && !own) onSignedOut()
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a successful answer; anything else is thrown as an ApiError. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await unwrapWithResponse(call)).data
}

export interface Written<T> {
  data: T
  changeSet: string | null
}

/** As `unwrap`, with the change set of a write, by which it can be undone. */
export async function unwrapWithResponse<T>(call: Promise<Answer<T>>): Promise<Written<NonNullable<T>>> {
  const { data, error, response } = await call
  if (!response.ok || error !== undefined) throw toApiError(response.status, error)
  const changeSet = response.headers.get('Guanxi-Change-Set')
  if (changeSet) rememberOwnWrite(changeSet)
  return { data: data as NonNullable<T>, changeSet }
}
