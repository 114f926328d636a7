// A field on the record page: shown, and edited in place. Enter or leaving the box saves, Esc gives up.
import { useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { lazy, Suspense, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/problem.ts'
import { recordQuery } from '../../api/queries.ts'
import type { Field, ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { fieldType } from '../../fields/registry.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { describedBy } from '../../ui/form.tsx'
import { FieldTools } from '../detail/field_tools.tsx'
import { allPaths } from '../meta.ts'
import { Value } from '../value.tsx'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'
import { changes, updateMerged } from './merge.ts'
import { isEditable } from './record_form.tsx'

const ConflictDialog = lazy(() => import('./conflict_dialog.tsx'))

interface InlineProps {
  meta: ObjectDetail
  field: Field
  record: RecordData
}

export function InlineField({ meta, field, record }: InlineProps) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const editable = isEditable(field) && meta.rights.edit
  const { wide } = fieldType(field.type)
  const close = () => {
    setEditing(false)
    requestAnimationFrame(() => button.current?.focus())
  }
  return (
    <div className={`detail-field ${wide ? 'wide' : ''}`}>
      <dt title={field.help ?? undefined}>{field.label}</dt>
      <dd>
        {editing ? (
          <InlineEditor meta={meta} field={field} record={record} onClose={close} />
        ) : (
          <>
            <span className="detail-value">
              <Value field={field} record={record} mode="detail" />
            </span>
            <span className="inline-tools">
              <FieldTools meta={meta} field={field} record={record} />
              {editable && (
                <button
                  ref={button}
                  type="button"
                  className="inline-edit"
                  aria-label={t('record.editField', { field: field.label })}
                  title={t('record.editField', { field: field.label })}
                  onClick={() => setEditing(true)}
                >
                  <Pencil size={13} aria-hidden />
                </button>
              )}
            </span>
          </>
        )}
      </dd>
    </div>
  )
}

function InlineEditor({ meta, field, record, onClose }: InlineProps & { onClose: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  const { objects } = useFieldSettings()
  const [opened] = useState(record)
  const [theirs, setTheirs] = useState<RecordData | null>(null)
  const [value, setValue] = useState(record[field.name])
  const [error, setError] = useState<string>()
  const [saving, setSaving] = useState(false)
  const { Edit } = fieldType(field.type)
  const multiline = field.type === 'long_text' || field.type === 'rich_text' || field.type === 'json'

  /** Saves over the record as it was last seen. */
  const save = async (seen: RecordData) => {
    const change = changes(seen, { [field.name]: value ?? null })
    if (Object.keys(change).length === 0) return onClose()
    setSaving(true)
    try {
      const { changeSet } = await updateMerged(meta.name, seen, change)
      undoToast(t('record.saved'), changeSet)
      onClose()
      await refreshRecords(client)
    } catch (failure) {
      const problem = failure instanceof ApiError ? failure : null
      if (problem?.current) await compare()
      else if (problem?.fieldErrors[field.name]) setError(problem.fieldErrors[field.name])
      else onError(failure)
    } finally {
      setSaving(false)
    }
  }

  /** Somebody else was faster: the record as it is now, with the names of what it points to. */
  const compare = async () => {
    try {
      const now = recordQuery(meta.name, String(record.id), allPaths(meta, objects))
      setTheirs(await client.fetchQuery({ ...now, staleTime: 0 }))
    } catch (failure) {
      onError(failure)
    }
  }

  const takeTheirs = () => {
    onClose()
    void refreshRecords(client)
  }

  return (
    <form
      className="inline-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(opened)
      }}
      onKeyDown={(event) => {
        // Esc ends only what is innermost: not the panel around this form as well.
        if (event.key === 'Escape') event.stopPropagation()
        if (theirs) return
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
        const enter = event.key === 'Enter' && !event.defaultPrevented
        if (enter && isComposing(event)) event.preventDefault()
        else if (
          enter &&
          (!multiline || event.ctrlKey || event.metaKey) &&
          event.target instanceof HTMLElement
        ) {
          if (event.target.tagName !== 'BUTTON') {
            event.preventDefault()
            void save(opened)
          }
        }
      }}
    >
      <span className="sr-only" id={`${id}-label`}>
        {field.label}
      </span>
      <label className="sr-only" htmlFor={id}>
        {field.label}
      </label>
      <Suspense fallback={<Skeleton height={30} />}>
        <Edit
          id={id}
          field={field}
          value={value}
          record={record}
          onChange={setValue}
          invalid={error !== undefined}
          describedBy={describedBy(id, null, error)}
          autoFocus
        />
      </Suspense>
      {error && (
        <span className="form-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
      <span className="inline-actions">
        <Button small variant="primary" type="submit" disabled={saving}>
          {t('common.save')}
        </Button>
        <Button small onClick={onClose}>
          {t('common.cancel')}
        </Button>
      </span>
      {theirs && (
        <Suspense>
          <ConflictDialog
            meta={meta}
            field={field}
            opened={opened}
            theirs={theirs}
            mine={{ ...opened, [field.name]: value }}
            saving={saving}
            onTakeTheirs={takeTheirs}
            onKeepMine={() => void save(theirs)}
            onClose={() => setTheirs(null)}
          />
        </Suspense>
      )}
    </form>
  )
}
