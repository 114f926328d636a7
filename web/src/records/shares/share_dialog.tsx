// Shares a record with somebody, or changes the terms: what they may do, the part they play, until when.
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/problem.ts'
import type { RecordShare, ShareAccess } from '../../api/types.ts'
import { isComposing } from '../../lib/keyboard.ts'
import { Button, Segmented } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { refreshRecords, useErrorText } from '../writes.ts'
import { shareRecord } from './data.ts'
import { GranteeBox } from './grantee_box.tsx'

const DateTimeEdit = lazy(() => import('../../fields/date_time/edit.tsx'))
const accesses = ['read', 'edit'] as const

interface DialogProps {
  object: string
  id: string
  /** The share that is changed; without one the record is shared anew. */
  share?: RecordShare
  /** Those with whom it is shared already. */
  without: string[]
  onClose: () => void
}

export default function ShareDialog({ object, id, share, without, onClose }: DialogProps) {
  const { t } = useTranslation()
  const base = useId()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [grantee, setGrantee] = useState<{ id: string; name: string } | null>(share?.with ?? null)
  const [access, setAccess] = useState<ShareAccess>(share?.access ?? 'read')
  const [part, setPart] = useState(share?.part ?? '')
  const [until, setUntil] = useState(share?.expires_at ?? null)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    if (!grantee) return setErrors({ with: t('shares.choose') })
    setBusy(true)
    try {
      await shareRecord(object, id, grantee.id, { access, part: part.trim() || null, expires_at: until })
      showToast(share ? t('shares.changed') : t('shares.shared', { name: grantee.name }))
      onClose()
      await refreshRecords(client)
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {}
      setErrors(Object.keys(fields).length > 0 ? fields : { other: errorText(error) })
      setBusy(false)
    }
  }

  const at = (name: string) => `${base}-${name}`
  return (
    <Dialog
      title={share ? t('shares.editTitle', { name: share.with.name }) : t('shares.add')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" disabled={busy} onClick={() => void submit()}>
            {share ? t('common.save') : t('shares.share')}
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
          // Enter chooses a time; nor does it submit while an input method composes.
          const choosing = event.target instanceof Element && event.target.closest('.ant-picker')
          if (event.key === 'Enter' && (choosing || isComposing(event))) event.preventDefault()
        }}
      >
        {errors.other && (
          <p className="banner banner-danger" role="alert">
            {errors.other}
          </p>
        )}
        {!share && (
          <FormRow id={at('with')} label={t('shares.with')} error={errors.with} required>
            <GranteeBox
              id={at('with')}
              text={grantee?.name}
              without={without}
              onPick={setGrantee}
              invalid={errors.with !== undefined}
              describedBy={describedBy(at('with'), null, errors.with)}
              autoFocus
            />
          </FormRow>
        )}
        <FormRow id={at('access')} label={t('shares.mayDo')} group>
          <Segmented
            label={t('shares.mayDo')}
            value={access}
            onChange={setAccess}
            options={accesses.map((value) => ({ value, label: t(`shares.access.${value}`) }))}
          />
        </FormRow>
        <FormRow id={at('part')} label={t('shares.part')} help={t('shares.partHint')} error={errors.part}>
          <input
            id={at('part')}
            className="input"
            maxLength={40}
            aria-invalid={errors.part !== undefined}
            aria-describedby={describedBy(at('part'), t('shares.partHint'), errors.part)}
            value={part}
            onChange={(event) => setPart(event.target.value)}
          />
        </FormRow>
        <FormRow
          id={at('until')}
          label={t('shares.expires')}
          help={t('shares.expiresHint')}
          error={errors.expires_at}
        >
          <Suspense fallback={<Skeleton height={30} />}>
            <DateTimeEdit
              id={at('until')}
              value={until}
              onChange={(next) => setUntil(typeof next === 'string' ? next : null)}
              invalid={errors.expires_at !== undefined}
              describedBy={describedBy(at('until'), t('shares.expiresHint'), errors.expires_at)}
            />
          </Suspense>
        </FormRow>
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
