// Erases what is known of a person: what goes and what stays, confirmed by typing the name.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { eraseRecord } from '../../api/commands.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { refreshRecords, useErrorText } from '../writes.ts'

interface EraseDialogProps {
  object: string
  id: string
  name: string
  onClose: () => void
}

export default function EraseDialog({ object, id, name, onClose }: EraseDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [typed, setTyped] = useState('')
  const [running, setRunning] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const erase = async () => {
    setRunning(true)
    try {
      await eraseRecord(object, id, typed)
      showToast(t('erase.done'))
      onClose()
      await refreshRecords(client)
    } catch (error) {
      setWrong(errorText(error))
      setRunning(false)
    }
  }
  return (
    <Dialog
      title={t('erase.title', { name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="danger"
            disabled={running || typed.trim() !== name.trim()}
            onClick={() => void erase()}
          >
            {t('erase.confirm')}
          </Button>
        </>
      }
    >
      <div style={{ display: 'grid', gap: 10, marginBottom: 14 }}>
        <p>{t('erase.goes')}</p>
        <p>{t('erase.stays')}</p>
        <p>{t('erase.forGood')}</p>
      </div>
      <FormRow id="erase-name" label={t('erase.type', { name })} error={wrong}>
        <input
          id="erase-name"
          className="input"
          autoComplete="off"
          value={typed}
          aria-describedby={wrong && 'erase-name-error'}
          onChange={(event) => setTyped(event.target.value)}
        />
      </FormRow>
    </Dialog>
  )
}
