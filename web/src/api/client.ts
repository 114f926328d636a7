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

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLanguage())
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith('/api/v1/sessions')) onSignedOut()
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
