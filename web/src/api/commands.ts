// What the screens write: each returns the change set by which the write can be undone.
import { client, unwrap, unwrapWithResponse, type Written } from './client.ts'
import type {
  AuditPosting,
  BulkEditRequest,
  Import,
  Job,
  MappingFile,
  Me,
  NewToken,
  NewView,
  OrganisationUpdate,
  PasskeyAssertion,
  RecordData,
  Role,
  RoleDefinition,
  View,
} from './types.ts'

export const signIn = (email: string, password: string, code?: string): Promise<Me> =>
  unwrap(client.POST('/api/v1/sessions', { body: { email, password, code } })).then((session) => session.user)

/** Shows once more who sits there. */
export const proveSession = (body: { password?: string; code?: string }) =>
  unwrapWithResponse(client.POST('/api/v1/sessions/current/proof', { body }))

/** Asks for a link that sets a new password. */
export const askForReset = (email: string) =>
  unwrapWithResponse(client.POST('/api/v1/password_resets', { body: { email } }))

export const openPasswordLink = (token: string) =>
  unwrap(client.POST('/api/v1/password_links', { body: { token } }))

export const setPasswordByLink = (token: string, password: string) =>
  unwrapWithResponse(client.PUT('/api/v1/password_links', { body: { token, password } }))

export const inviteUser = (id: string) =>
  unwrapWithResponse(client.POST('/api/v1/users/{id}/invitation', { params: { path: { id } } }))

export const beginSecondFactor = () => unwrap(client.POST('/api/v1/me/second_factor'))

export const confirmSecondFactor = (code: string) =>
  unwrap(client.PUT('/api/v1/me/second_factor', { body: { code } }))

export const renewRecoveryCodes = () => unwrap(client.POST('/api/v1/me/second_factor/recovery_codes'))

export const turnSecondFactorOff = (password: string) =>
  unwrapWithResponse(client.POST('/api/v1/me/second_factor/off', { body: { password } }))

/** Takes a colleague's second factor away, who has lost it. */
export const resetSecondFactor = (id: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/users/{id}/second_factor', { params: { path: { id } } }))

export const beginPasskey = () => unwrap(client.POST('/api/v1/me/passkeys/challenge'))

export const registerPasskey = (body: { name: string; client_data: string; attestation: string }) =>
  unwrap(client.POST('/api/v1/me/passkeys', { body }))

export const removePasskey = (id: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/me/passkeys/{id}', { params: { path: { id } } }))

export const passkeyChallenge = () => unwrap(client.POST('/api/v1/passkey_challenges', { body: {} }))

export const signInByPasskey = (body: PasskeyAssertion): Promise<Me> =>
  unwrap(client.POST('/api/v1/passkey_sessions', { body })).then((session) => session.user)

/** Makes a token for a program; the answer has it this once. */
export const createToken = (body: NewToken) => unwrap(client.POST('/api/v1/tokens', { body }))

export const revokeToken = (id: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }))

/** Sets a user's password; one's own needs the one that holds. Ends the user's sessions. */
export const setPassword = (id: string, password: string, current?: string) =>
  unwrapWithResponse(
    client.PUT('/api/v1/users/{id}/password', { params: { path: { id } }, body: { password, current } }),
  )

export const signOut = () => unwrapWithResponse(client.DELETE('/api/v1/sessions/current'))

/** Ends a session of the user or, for administrators, of another. */
export const endSession = (id: string, user?: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/sessions/{id}', { params: { path: { id }, query: { user } } }))

/** Ends all of them but the one that asks. */
export const endOtherSessions = (user?: string) =>
  unwrap(client.DELETE('/api/v1/sessions', { params: { query: { user } } }))

export const updateMe = (
  body: Partial<Pick<Me, 'language' | 'theme' | 'density' | 'time_zone' | 'tour'>>,
): Promise<Me> => unwrap(client.PATCH('/api/v1/me', { body }))

export const updateOrganisation = (body: OrganisationUpdate): Promise<Me> =>
  unwrap(client.PATCH('/api/v1/organisation', { body }))

export const createRole = (body: RoleDefinition): Promise<Role> =>
  unwrap(client.POST('/api/v1/roles', { body }))

/** Puts a definition in the place of a role's, only if nobody else has changed it since. */
export const replaceRole = (body: RoleDefinition, tag: string): Promise<Role> =>
  unwrap(
    client.PUT('/api/v1/roles/{name}', {
      params: { path: { name: body.name } },
      headers: { 'If-Match': tag },
      body,
    }),
  )

export const deleteRole = (name: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/roles/{name}', { params: { path: { name } } }))

export const createRecord = (object: string, body: RecordData, key?: string): Promise<Written<RecordData>> =>
  unwrapWithResponse(
    client.POST('/api/v1/records/{object}', {
      params: { path: { object }, header: { 'Idempotency-Key': key } },
      body,
    }),
  )

/** Changes fields; with a version, only if nobody else has changed the record since. */
export const updateRecord = (
  object: string,
  id: string,
  body: RecordData,
  version?: unknown,
): Promise<Written<RecordData>> =>
  unwrapWithResponse(
    client.PATCH('/api/v1/records/{object}/{id}', {
      params: {
        path: { object, id },
        header: { 'If-Match': version === undefined ? undefined : `"${String(version)}"` },
      },
      body,
    }),
  )

export const deleteRecord = (object: string, id: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/records/{object}/{id}', { params: { path: { object, id } } }))

export const deleteRecords = (object: string, ids: string[]) =>
  unwrapWithResponse(
    client.POST('/api/v1/records/{object}/bulk', {
      params: { path: { object } },
      body: { all_or_none: true, operations: ids.map((id) => ({ op: 'delete' as const, id })) },
    }),
  )

/** Writes the same values to several records: all of them, or none. */
export const updateRecords = (object: string, ids: string[], values: RecordData) =>
  unwrapWithResponse(
    client.POST('/api/v1/records/{object}/bulk', {
      params: { path: { object } },
      body: { all_or_none: true, operations: ids.map((id) => ({ op: 'update' as const, id, values })) },
    }),
  )

export const noteRecent = (id: string) =>
  unwrapWithResponse(client.POST('/api/v1/me/recent', { body: { id } }))

export const previewBulkEdit = (object: string, body: BulkEditRequest) =>
  unwrap(client.POST('/api/v1/records/{object}/bulk_edit/preview', { params: { path: { object } }, body }))

export const bulkEdit = (object: string, body: BulkEditRequest) =>
  unwrap(client.POST('/api/v1/records/{object}/bulk_edit', { params: { path: { object } }, body }))

export const undoChangeSet = (id: string) =>
  unwrap(client.POST('/api/v1/change_sets/{id}/undo', { params: { path: { id } } }))

/** The server takes any filter tree; its type says no more than "object". */
const withOpenFilter = <T extends { filter?: unknown }>(body: T) => ({
  ...body,
  filter: body.filter as Record<string, unknown> | null | undefined,
})

export const createView = (body: NewView): Promise<View> =>
  unwrap(client.POST('/api/v1/views', { body: withOpenFilter(body) })) as Promise<View>

export const updateView = (id: string, body: Partial<NewView>): Promise<View> =>
  unwrap(
    client.PATCH('/api/v1/views/{id}', { params: { path: { id } }, body: withOpenFilter(body) }),
  ) as Promise<View>

export const deleteView = (id: string) =>
  unwrapWithResponse(client.DELETE('/api/v1/views/{id}', { params: { path: { id } } }))

export const restoreRecords = (ids: string[]) =>
  unwrap(client.POST('/api/v1/recycle_bin/restore', { body: { ids } }))

export const purgeRecords = (ids: string[]) =>
  unwrap(client.POST('/api/v1/recycle_bin/purge', { body: { ids } }))

export const cancelJob = (id: string): Promise<Job> =>
  unwrap(client.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } }))

export const getJob = (id: string): Promise<Job> =>
  unwrap(client.GET('/api/v1/jobs/{id}', { params: { path: { id } } }))

/** The bytes of a file as a request body; the generated type knows binary bodies only as strings. */
const bytes = (file: Blob) => ({
  body: file as unknown as string,
  bodySerializer: () => file,
  headers: { 'Content-Type': 'application/octet-stream' },
})

export const createImport = (object: string, file: File): Promise<Import> =>
  unwrap(
    client.POST('/api/v1/imports', { params: { query: { object, file_name: file.name } }, ...bytes(file) }),
  )

/** A masked value in full; the audit log notes who had it. */
export const revealValue = (object: string, id: string, field: string) =>
  unwrap(
    client.POST('/api/v1/records/{object}/{id}/reveal', {
      params: { path: { object, id } },
      body: { field },
    }),
  ).then(({ value }) => value)

interface ImportChange {
  mapping?: MappingFile
  sheet?: string
  encoding?: string
  delimiter?: string
}

export const updateImport = (id: string, body: ImportChange): Promise<Import> =>
  unwrap(client.PATCH('/api/v1/imports/{id}', { params: { path: { id } }, body }))

export const previewImport = (id: string) =>
  unwrap(client.POST('/api/v1/imports/{id}/preview', { params: { path: { id } } })).then(
    (preview) => preview.rows,
  )

export const dryRunImport = (id: string): Promise<Job> =>
  unwrap(client.POST('/api/v1/imports/{id}/dry_run', { params: { path: { id } } }))

export const runImport = (id: string): Promise<Job> =>
  unwrap(client.POST('/api/v1/imports/{id}/run', { params: { path: { id } } }))

export const undoImport = (id: string): Promise<Job> =>
  unwrap(client.POST('/api/v1/imports/{id}/undo', { params: { path: { id } } }))

export const importErrorsUrl = (id: string) => `/api/v1/imports/${encodeURIComponent(id)}/errors`

export const createExport = (q: string, format: 'csv' | 'xlsx' | 'vcf', title: string): Promise<Job> =>
  unwrap(client.POST('/api/v1/exports', { body: { q, format, title, headers: 'labels' } }))

export const setAuditPosting = (url: string | null, every: AuditPosting['every']) =>
  unwrap(client.PUT('/api/v1/audit/posting', { body: { url, every } }))

/** Erases what is known of a person; the name confirms it. */
export const eraseRecord = (object: string, id: string, name: string) =>
  unwrap(
    client.POST('/api/v1/records/{object}/{id}/erase', {
      params: { path: { object, id } },
      body: { name },
    }),
  )

export const exportFileUrl = (jobId: string) => `/api/v1/exports/${encodeURIComponent(jobId)}/file`

export const uploadFile = (file: File, relatedTo?: string) =>
  unwrap(
    client.POST('/api/v1/files', {
      params: { query: { name: file.name, related_to: relatedTo } },
      ...bytes(file),
    }),
  )

export const fileContentUrl = (id: string) => `/api/v1/files/${encodeURIComponent(id)}/content`
