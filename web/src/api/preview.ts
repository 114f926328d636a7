// Looking as another user does: what administrators begin and end.
import { client, unwrapWithResponse } from './client.ts'

/** This session looks as the user does from now on, and changes nothing. */
export const beginPreview = (user: string) =>
  unwrapWithResponse(client.PUT('/api/v1/sessions/current/preview', { body: { user } }))

export const endPreview = () => unwrapWithResponse(client.DELETE('/api/v1/sessions/current/preview'))
