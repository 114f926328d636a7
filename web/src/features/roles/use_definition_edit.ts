// What administrators define and save as a whole: kept apart from what was opened until it is saved, saved only over the state that was
// seen, and guarded on the way out.
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/problem.ts'
import { useErrorText } from '../../records/writes.ts'
import { showToast } from '../../ui/toast.tsx'
import { useRefreshRoles } from './data.ts'
import { isSame } from './definition.ts'

export interface State<T> {
  value: T
  /** The mark by which a write says which state was seen. */
  tag: string
}

interface Options<T> {
  latest: State<T>
  /** What is written of it. */
  written: (value: T) => unknown
  read: () => Promise<State<T>>
  write: (value: T, tag: string) => Promise<unknown>
  /** In words, where what was opened differs from what somebody else has made of it. */
  differences: (opened: T, current: unknown) => string[]
  /** A line for what the server says of a place in what was written. */
  line: (at: string, text: string, written: T) => string
}

export type DefinitionEdit = Pick<
  ReturnType<typeof useDefinitionEdit>,
  'message' | 'conflict' | 'dirty' | 'saving' | 'blocker' | 'discard' | 'load' | 'save'
>

export function useDefinitionEdit<T>({ latest, written, read, write, differences, line }: Options<T>) {
  const { t } = useTranslation()
  const refresh = useRefreshRoles()
  const errorText = useErrorText()
  const [opened, setOpened] = useState(latest)
  const [draft, setDraft] = useState(latest.value)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [message, setMessage] = useState('')
  const [conflict, setConflict] = useState<string[] | null>(null)
  const [saving, setSaving] = useState(false)
  const dirty = !isSame(written(draft), written(opened.value))
  const unsaved = useRef(dirty)
  unsaved.current = dirty
  const blocker = useBlocker({
    // Between the tabs of the page nothing is lost.
    shouldBlockFn: ({ current, next }) => unsaved.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => unsaved.current,
    withResolver: true,
  })

  const begin = (state: State<T>) => {
    setOpened(state)
    setDraft(state.value)
    setErrors({})
    setMessage('')
    setConflict(null)
  }
  // What others have changed shows at once while nothing here would be lost.
  if (latest.tag !== opened.tag && !dirty) begin(latest)

  const load = async () => begin(await read())

  const fail = (error: unknown) => {
    if (error instanceof ApiError && error.current)
      return setConflict(differences(opened.value, error.current))
    const fields = error instanceof ApiError ? error.fieldErrors : {}
    const lines = Object.entries(fields).map(([at, text]) => line(at, text, draft))
    setErrors(fields)
    setMessage(lines.length > 0 ? lines.join(' ') : errorText(error))
  }

  const save = async () => {
    setSaving(true)
    setErrors({})
    setMessage('')
    try {
      await write(draft, opened.tag)
      await load()
      showToast(t('roles.saved'))
      void refresh()
    } catch (error) {
      fail(error)
    } finally {
      setSaving(false)
    }
  }

  return {
    draft,
    errors,
    message,
    conflict,
    dirty,
    saving,
    blocker,
    replace: setDraft,
    /** Forgets what the server found wrong. */
    forget: () => {
      setErrors({})
      setMessage('')
    },
    discard: () => begin(opened),
    load,
    save,
  }
}
