// The state of a form: what was typed over the record, what changed, and what the server found wrong with it.
import { useEffect, useRef, useState } from 'react'
import type { Written } from '../../api/client.ts'
import { createRecord } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { draftKey, keepDraft, readDraft } from './kept_draft.ts'
import { changes, same, updateMerged } from './merge.ts'

export interface Draft {
  /** The record as it was when the form was opened. */
  opened: RecordData
  values: RecordData
  set: (name: string, value: unknown) => void
  changed: RecordData
  dirty: boolean
  errors: Record<string, string>
  message: string | null
  conflict: RecordData | null
  keepTheirs: (names: string[]) => void
  saving: boolean
  /** True when the form came up with what was typed before a reload. */
  restored: boolean
  /** Forgets what was typed, and with `clear` empties the form as well. */
  discard: (clear: boolean) => void
  save: () => Promise<Written<RecordData> | null>
}

function defaultsOf(meta: ObjectDetail): RecordData {
  const entries = meta.fields.filter(
    (field) => field.default !== null && field.default !== undefined && !field.read_only,
  )
  return Object.fromEntries(entries.map((field) => [field.name, field.default]))
}

export function useDraft(meta: ObjectDetail, record: RecordData | null, given: RecordData = {}): Draft {
  const [place] = useState(() => draftKey(meta.name, record ? idOf(record) : undefined, given))
  const [kept] = useState(() => readDraft(place))
  const [start, setStart] = useState<RecordData>(() => kept?.opened ?? record ?? {})
  const [restored, setRestored] = useState(kept !== null)
  /** The record after somebody else changed it; what is saved next has seen it. */
  const [seen, setSeen] = useState<RecordData | null>(null)
  const [values, setValues] = useState<RecordData>(
    () => kept?.values ?? record ?? { ...defaultsOf(meta), ...given },
  )
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
      setSeen(error.current)
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
      return await updateMerged(meta.name, seen ?? start, changed)
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

  const discard = (clear: boolean) => {
    keepDraft(place, null)
    finished.current = !clear
    if (!clear) return
    setStart(record ?? {})
    setValues(record ?? { ...defaultsOf(meta), ...given })
    setRestored(false)
  }

  const dirty = record ? Object.keys(changed).length > 0 : !same({ ...defaultsOf(meta), ...given }, values)
  const finished = useRef(false)
  useEffect(() => {
    if (!finished.current) keepDraft(place, dirty ? { opened: start, values } : null)
  }, [place, dirty, start, values])
  return {
    restored,
    discard,
    opened: start,
    values,
    set,
    changed,
    dirty,
    errors,
    message,
    conflict,
    keepTheirs,
    saving,
    save,
  }
}

/** The same content sent twice is one record; corrected content is a new attempt. */
function hash(values: RecordData): string {
  let sum = 0
  for (const character of JSON.stringify(values)) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return sum.toString(36)
}
