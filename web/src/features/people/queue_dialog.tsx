// A queue: its name, and who serves it.
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createRecord, updateRecord } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { GranteeBox } from '../../records/shares/grantee_box.tsx'
import { members } from '../../records/shares/grantees.ts'
import { refreshRecords, useErrorText, useUndoToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'

export interface Queue {
  id: string
  name: string
  servedBy: { id: string; name: string }
}

/** Mostly several people serve a queue. */
const groupsFirst = members.toReversed()

interface DialogProps {
  /** The queue that is changed; without one a new one is made. */
  queue?: Queue
  onClose: () => void
}

export default function QueueDialog({ queue, onClose }: DialogProps) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const base = useId()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const errorText = useErrorText()
  const [name, setName] = useState(queue?.name ?? '')
  const [servedBy, setServedBy] = useState<Queue['servedBy'] | null>(queue?.servedBy ?? null)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const at = (part: string) => `${base}-${part}`

  const submit = async () => {
    const label = name.trim()
    if (!label) return setErrors({ name: common('sharing.needName') })
    if (!servedBy) return setErrors({ served_by_id: t('queues.needServer') })
    setBusy(true)
    try {
      const values = { name: label, served_by_id: servedBy.id }
      const { changeSet } = queue
        ? await updateRecord('user', queue.id, values)
        : await createRecord('user', { ...values, role: 'standard' })
      undoToast(t(queue ? 'queues.changed' : 'queues.made', { name: label }), changeSet)
      onClose()
      await refreshRecords(client)
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {}
      setErrors(fields.name || fields.served_by_id ? fields : { other: errorText(error) })
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={queue ? t('queues.edit', { name: queue.name }) : t('queues.add')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{common('common.cancel')}</Button>
          <Button variant="primary" disabled={busy} onClick={() => void submit()}>
            {common('common.save')}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
        }}
      >
        {errors.other && (
          <p className="banner banner-danger" role="alert">
            {errors.other}
          </p>
        )}
        <FormRow id={at('name')} label={common('sharing.ruleName')} error={errors.name} required>
          <input
            id={at('name')}
            className="input"
            autoFocus
            required
            aria-invalid={errors.name !== undefined}
            aria-describedby={describedBy(at('name'), null, errors.name)}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </FormRow>
        <FormRow
          id={at('served')}
          label={t('queues.server')}
          help={t('queues.serverHint')}
          error={errors.served_by_id}
          required
        >
          <GranteeBox
            id={at('served')}
            of={groupsFirst}
            text={servedBy?.name}
            without={queue ? [queue.id] : []}
            onPick={setServedBy}
            invalid={errors.served_by_id !== undefined}
            describedBy={describedBy(at('served'), t('queues.serverHint'), errors.served_by_id)}
          />
        </FormRow>
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
