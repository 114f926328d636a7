// What the files section reads and writes.
import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '../../api/client.ts'
import type { ObjectDetail } from '../../api/types.ts'
import { quote } from '../../lib/soql.ts'

const base = (id: string) => `/api/v1/files/${encodeURIComponent(id)}`

/** The address under which the browser shows a picture, a PDF, sound or film. */
export const inlineUrl = (id: string, version?: number) =>
  `${base(id)}/inline${version === undefined ? '' : `?version=${version}`}`

export const versionUrl = (id: string, version: number) => `${base(id)}/content?version=${version}`

export const previewQuery = (id: string, version?: number) =>
  queryOptions({
    queryKey: ['record', 'file', id, 'preview', version],
    queryFn: () =>
      unwrap(client.GET('/api/v1/files/{id}/preview', { params: { path: { id }, query: { version } } })),
    staleTime: 60_000,
  })

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['record', 'file', id, 'versions'],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/files/{id}/versions', { params: { path: { id } } }))).versions,
  })

/** The generated type knows binary bodies only as strings. */
export const uploadVersion = (id: string, file: Blob) =>
  unwrap(
    client.PUT('/api/v1/files/{id}/content', {
      params: { path: { id } },
      body: file as unknown as string,
      bodySerializer: () => file,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )

export const restoreVersion = (id: string, version: number) =>
  unwrap(client.POST('/api/v1/files/{id}/versions/{version}/restore', { params: { path: { id, version } } }))

/** The files of a record, newest first. */
export const filesOf = (id: string) =>
  `SELECT id, name, size, content_type, file_version, updated_at, updated_by_id, updated_by.name FROM file WHERE related_to_id = ${quote(id)} ORDER BY updated_at DESC, id DESC`

/** Whether files can hang on records of this object. */
export const takesFiles = (file: ObjectDetail | undefined, object: string) =>
  file?.rights.read === true &&
  file.fields.some((field) => field.name === 'related_to_id' && field.to?.includes(object))
