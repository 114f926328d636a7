// What the screens write: each returns the change set by which the write can be undone.
import { client, unwrap, unwrapWithResponse, type Written } from './client.ts'
import type { BulkEditRequest, Import, Job, MappingFile, Me, NewView, RecordData, View } from './types.ts'

export const signIn = (email: string, password: string): Promise<Me> =>
  unwrap(client.POST('/api/v1/sessions', { body: { email, password } })).then((session) => session.user)

/** Sets a user's password; one's own needs the one that holds. Ends the user's sessions. */
export const setPassword = (id: string, password: string, current?: string) =>
  unwrapWithResponse(
    client.PUT('/api/v1/users/{id}/password', { params: { path: { id } }, body: { password, current } }),
  )

export const signOut = () => unwrapWithResponse(client.DELETE('/api/v1/sessions/current'))

export const updateMe = (
  body: Partial<Pick<Me, 'language' | 'theme' | 'density' | 'time_zone' | 'tour'>>,
): Promise<Me> => unwrap(client.PATCH('/api/v1/me', { body }))

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

export const exportFileUrl = (jobId: string) => `/api/v1/exports/${encodeURIComponent(jobId)}/file`

export const uploadFile = (file: File, relatedTo?: string) =>
  unwrap(
    client.POST('/api/v1/files', {
      params: { query: { name: file.name, related_to: relatedTo } },
      ...bytes(file),
    }),
  )

export const fileContentUrl = (id: string) => `/api/v1/files/${encodeURIComponent(id)}/content`
