// The state of a form: what was typed over the record, what changed, and what the server found wrong with it.
import { useState } from 'react'
import type { Written } from '../../api/client.ts'
import { createRecord, updateRecord } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import type { ObjectDetail, RecordData } from '../../api/types.ts'

export interface Draft {
  values: RecordData
  set: (name: string, value: unknown) => void
  changed: RecordData
  dirty: boolean
  errors: Record<string, string>
  message: string | null
  conflict: RecordData | null
  keepTheirs: (names: string[]) => void
  saving: boolean
  save: () => Promise<Written<RecordData> | null>
}

const same = (left: unknown, right: unknown) => JSON.stringify(left ?? null) === JSON.stringify(right ?? null)

/** The fields whose value differs from the record's. */
export function changes(before: RecordData, after: RecordData): RecordData {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !same(value, before[name])))
}

/** The fields that somebody else changed since the form was opened and that the form changes too. */
export function collisions(opened: RecordData, current: RecordData, mine: RecordData): string[] {
  return Object.keys(mine).filter(
    (name) => !same(opened[name], current[name]) && !same(mine[name], current[name]),
  )
}

function defaultsOf(meta: ObjectDetail): RecordData {
  const entries = meta.fields.filter(
    (field) => field.default !== null && field.default !== undefined && !field.read_only,
  )
  return Object.fromEntries(entries.map((field) => [field.name, field.default]))
}

export function useDraft(meta: ObjectDetail, record: RecordData | null, given: RecordData = {}): Draft {
  const [start] = useState<RecordData>(() => record ?? {})
  const [version, setVersion] = useState<unknown>(record?.version)
  const [values, setValues] = useState<RecordData>(() => record ?? { ...defaultsOf(meta), ...given })
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [message, setMessage] = useState<string | null>(null)
  const [conflict, setConflict] = useState<RecordData | null>(null)
  const [saving, setSaving] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const known = new Set(meta.fields.map((field) => field.name))
  const changed = changes(
    start,
    Object.fromEntries(Object.entries(values).filter(([name]) => known.has(name))),
  )

  const set = (name: string, value: unknown) => {
    setValues((was) => ({ ...was, [name]: value }))
    setErrors(({ [name]: _, ...rest }) => rest)
  }

  const fail = (error: unknown) => {
    if (!(error instanceof ApiError)) return setMessage('network')
    if (error.current) {
      setConflict(error.current)
      setVersion(error.current.version)
      return
    }
    setErrors(error.fieldErrors)
    setMessage(error.message)
  }

  const save = async (): Promise<Written<RecordData> | null> => {
    setSaving(true)
    setErrors({})
    setMessage(null)
    setConflict(null)
    try {
      if (!record) return await createRecord(meta.name, changed, `${key}-${hash(changed)}`)
      if (Object.keys(changed).length === 0) return { data: record, changeSet: null }
      return await updateRecord(meta.name, String(record.id), changed, version)
    } catch (error) {
      fail(error)
      return null
    } finally {
      setSaving(false)
    }
  }

  const keepTheirs = (names: string[]) => {
    const theirs = names.map((name) => [name, conflict?.[name] ?? null])
    setValues((was) => ({ ...was, ...Object.fromEntries(theirs) }))
  }

  const dirty = record ? Object.keys(changed).length > 0 : !same({ ...defaultsOf(meta), ...given }, values)
  return { values, set, changed, dirty, errors, message, conflict, keepTheirs, saving, save }
}

/** The same content sent twice is one record; corrected content is a new attempt. */
function hash(values: RecordData): string {
  let sum = 0
  for (const character of JSON.stringify(values)) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return sum.toString(36)
}
