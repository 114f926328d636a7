// Who has forgotten the password asks for a link by mail.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { askForReset } from '../../api/commands.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormRow } from '../../ui/form.tsx'

export function ForgotDialog({ given, onClose }: { given: string; onClose: () => void }) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const errorText = useErrorText()
  const [email, setEmail] = useState(given)
  const [message, setMessage] = useState<{ text: string; good: boolean } | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      await askForReset(email.trim())
      setMessage({ text: t('signIn.sent'), good: true })
    } catch (error) {
      setMessage({ text: errorText(error), good: false })
      setBusy(false)
    }
  }
  return (
    <Dialog title={t('signIn.forgotTitle')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>{t('signIn.forgotWhy')}</p>
        {message && (
          <p
            className={message.good ? 'banner' : 'banner banner-danger'}
            role={message.good ? 'status' : 'alert'}
          >
            {message.text}
          </p>
        )}
        <FormRow id="forgot-email" label={common('signIn.email')}>
          <input
            id="forgot-email"
            className="input"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </FormRow>
        <div className="dialog-actions">
          <Button onClick={onClose}>{common('common.close')}</Button>
          <Button variant="primary" type="submit" disabled={busy}>
            {t('signIn.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
