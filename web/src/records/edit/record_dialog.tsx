// Creates or edits a record: the form, what is wrong with it, and the guard against losing what was typed.
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { nameOf } from '../meta.ts'
import { refreshRecords, useUndoToast } from '../writes.ts'
import { ConflictNotice } from './conflict.tsx'
import { useDraft } from './draft.ts'
import './edit.css'
import { collisions } from './merge.ts'
import { formFields, RecordForm } from './record_form.tsx'
import { Similar } from './similar.tsx'

interface RecordDialogProps {
  meta: ObjectDetail
  /** The record to edit; without one, a new record is made. */
  record?: RecordData
  defaults?: RecordData
  /** Stay here after creating, as in a related list. */
  stay?: boolean
  /** Told of a record that was made. */
  onMade?: (record: RecordData) => void
  onClose: () => void
}

export default function RecordDialog({ meta, record, defaults, stay, onMade, onClose }: RecordDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const undoToast = useUndoToast()
  const draft = useDraft(meta, record ?? null, defaults)
  const [leaving, setLeaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const close = () => (draft.dirty ? setLeaving(true) : onClose())
  const finished = useRef(false)
  // The way back, a link, or closing the tab: none of them loses what was typed without a word.
  const blocker = useBlocker({
    shouldBlockFn: () => draft.dirty && !finished.current,
    enableBeforeUnload: () => draft.dirty && !finished.current,
    withResolver: true,
  })
  const stayHere = () => {
    setLeaving(false)
    blocker.reset?.()
  }
  const leave = () => {
    finished.current = true
    draft.discard(false)
    if (blocker.status === 'blocked') blocker.proceed()
    onClose()
  }

  useEffect(() => {
    if (Object.keys(draft.errors).length === 0) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [draft.errors])

  const submit = async () => {
    const written = await draft.save()
    if (!written) return
    const name = nameOf({ ...draft.values, ...written.data }, meta.name_field)
    finished.current = true
    draft.discard(false)
    onMade?.({ ...draft.values, ...written.data })
    undoToast(record ? t('record.saved') : t('record.created', { name }), written.changeSet)
    onClose()
    void refreshRecords(client)
    if (!record && !stay) {
      void navigate({ to: '/o/$object/$id', params: { object: meta.name, id: idOf(written.data) } })
    }
  }

  const title = record
    ? t('record.editTitle', { name: nameOf(record, meta.name_field) })
    : t('record.newTitle', { object: meta.label })
  const marked = new Set(formFields(meta).map((field) => field.name))
  const allMarked =
    Object.keys(draft.errors).length > 0 && Object.keys(draft.errors).every((name) => marked.has(name))
  const said = allMarked ? t('record.fixErrors') : draft.message
  const message = draft.message === 'network' ? t('errors.network') : draft.message && said
  return (
    <Dialog
      title={title}
      wide
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button variant="primary" disabled={draft.saving} onClick={() => void submit()}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            void submit()
          }
        }}
      >
        {message && (
          <p className="banner banner-danger" role="alert">
            {message}
          </p>
        )}
        {draft.restored && (
          <p className="banner" role="status">
            {t('draft.restored')}{' '}
            <Button small onClick={() => draft.discard(true)}>
              {t('draft.discard')}
            </Button>
          </p>
        )}
        <Similar meta={meta} typed={draft.changed} own={record && idOf(record)} />
        {draft.conflict && (
          <ConflictNotice
            meta={meta}
            names={collisions(draft.opened, draft.conflict, draft.changed)}
            mine={draft.values}
            theirs={draft.conflict}
            onUseTheirs={draft.keepTheirs}
          />
        )}
        <RecordForm meta={meta} draft={draft} />
        <button type="submit" hidden />
      </form>
      {(leaving || blocker.status === 'blocked') && (
        <ConfirmDialog
          title={t('record.unsavedTitle')}
          text={t('record.unsavedWhy')}
          confirm={t('record.discard')}
          cancel={t('record.keepEditing')}
          danger
          onConfirm={leave}
          onClose={stayHere}
        />
      )}
    </Dialog>
  )
}
