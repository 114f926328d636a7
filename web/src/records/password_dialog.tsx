// A new password: for a colleague by an administrator, or one's own. One's own session goes on, though the others end.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setPassword } from '../api/commands.ts'
import { ApiError } from '../api/problem.ts'
import { meQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { describedBy, FormRow } from '../ui/form.tsx'
import { showToast } from '../ui/toast.tsx'
import { useErrorText } from './writes.ts'

interface PasswordProps {
  id: string
  /** It is one's own password, so the present one is asked for. */
  own: boolean
  onClose: () => void
}

export default function PasswordDialog({ id, own, onClose }: PasswordProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const base = useId()
  const client = useQueryClient()
  const { data: me } = useQuery(meQuery)
  const [current, setCurrent] = useState('')
  const [password, setNew] = useState('')
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setErrors({})
    try {
      await setPassword(id, password, own ? current : undefined)
      void client.invalidateQueries({ queryKey: ['sessions'] })
      showToast(t('password.done'))
      onClose()
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {}
      setErrors(Object.keys(fields).length > 0 ? fields : { password: errorText(error) })
      setBusy(false)
    }
  }
  const box = (name: 'current' | 'password', label: string, value: string, set: (text: string) => void) => {
    const min = me?.organisation.sign_in.password_min
    const help = name === 'password' && min ? t('password.hint', { min }) : undefined
    return (
      <FormRow id={`${base}-${name}`} label={label} help={help} error={errors[name]} required>
        <input
          id={`${base}-${name}`}
          className="input"
          type="password"
          autoComplete={name === 'current' ? 'current-password' : 'new-password'}
          required
          aria-invalid={errors[name] !== undefined}
          aria-describedby={describedBy(`${base}-${name}`, help, errors[name])}
          value={value}
          onChange={(event) => set(event.target.value)}
        />
      </FormRow>
    )
  }
  return (
    <Dialog title={own ? t('password.change') : t('password.set')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {own && box('current', t('password.current'), current, setCurrent)}
        {box('password', t('password.new'), password, setNew)}
        <p className="form-help">{own ? t('password.ownWhy') : t('password.otherWhy')}</p>
        <div className="dialog-actions">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" disabled={busy || password === ''}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
