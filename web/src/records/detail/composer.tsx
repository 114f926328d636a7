// Adds a note, a task or a call to the record in place.
import { useQueryClient } from '@tanstack/react-query'
import { CircleCheck, NotebookPen, Phone } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createRecord } from '../../api/commands.ts'
import type { RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { isComposing } from '../../lib/keyboard.ts'
import { Button } from '../../ui/button.tsx'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'

const kinds = ['note', 'task', 'call'] as const
export type ActivityKind = (typeof kinds)[number]

const icons: Record<ActivityKind, ReactNode> = {
  note: <NotebookPen size={14} aria-hidden />,
  task: <CircleCheck size={14} aria-hidden />,
  call: <Phone size={14} aria-hidden />,
}

const labels = {
  note: { name: 'timeline.subject', body: 'timeline.noteBody', add: 'timeline.addNote' },
  task: { name: 'timeline.taskName', body: 'timeline.noteBody', add: 'timeline.addTask' },
  call: { name: 'timeline.callName', body: 'timeline.callBody', add: 'timeline.addCall' },
} as const

export function Composer({ id, first }: { id: string; first: ActivityKind }) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const offered = kinds.filter((kind) => objects.get(kind)?.rights.create ?? true)
  const [chosen, choose] = useState<ActivityKind>(first)
  const kind = offered.includes(chosen) ? chosen : (offered[0] ?? chosen)
  const [name, setName] = useState('')
  const [body, setBody] = useState('')
  const [due, setDue] = useState('')
  const [saving, setSaving] = useState(false)
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const base = useId()
  const text = labels[kind]
  const ready = kind === 'note' ? body.trim() !== '' : name.trim() !== ''

  const add = async () => {
    if (!ready || saving) return
    setSaving(true)
    try {
      const { changeSet } = await createRecord(
        kind,
        values(kind, { name, body, due }, id),
        crypto.randomUUID(),
      )
      setName('')
      setBody('')
      setDue('')
      undoToast(t('timeline.added'), changeSet)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    } finally {
      setSaving(false)
    }
  }

  if (offered.length === 0) return null
  return (
    <form
      className="composer"
      aria-label={t('timeline.composer')}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        if (isComposing(event)) event.preventDefault()
        else if (event.ctrlKey || event.metaKey) void add()
      }}
    >
      <div className="composer-kinds">
        {offered.map((item) => (
          <button
            key={item}
            type="button"
            className="btn btn-plain btn-small"
            aria-pressed={item === kind}
            onClick={() => choose(item)}
          >
            {icons[item]}
            {t(`timeline.${item}`)}
          </button>
        ))}
      </div>
      {kind !== 'note' && (
        <input
          className="input"
          aria-label={t(text.name)}
          placeholder={t(text.name)}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {kind === 'task' ? (
        <label className="composer-due" htmlFor={`${base}-due`}>
          {t('timeline.dueDate')}
          <input
            id={`${base}-due`}
            type="date"
            className="input"
            value={due}
            onChange={(event) => setDue(event.target.value)}
          />
        </label>
      ) : (
        <textarea
          className="input"
          rows={kind === 'note' ? 3 : 2}
          aria-label={t(text.body)}
          placeholder={kind === 'note' ? t('timeline.notePlaceholder') : t(text.body)}
          value={body}
          onChange={(event) => setBody(event.target.value)}
        />
      )}
      <div className="composer-foot">
        <Button variant="primary" type="submit" disabled={!ready || saving}>
          {t(text.add)}
        </Button>
      </div>
    </form>
  )
}

/** The record that the composer makes; a note without a subject is named after its first line. */
function values(
  kind: ActivityKind,
  typed: { name: string; body: string; due: string },
  id: string,
): RecordData {
  const name = typed.name.trim()
  const body = typed.body.trim()
  if (kind === 'task') return { name, due_date: typed.due || null, related_to_id: id }
  if (kind === 'call') return { name, body: body || null, related_to_id: id }
  return { body, related_to_id: id }
}
