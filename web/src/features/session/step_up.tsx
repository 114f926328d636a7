// Asked for by the server before a sensitive act: the password or a code once more. Then the request goes on by itself.
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { watchStepUp } from '../../api/client.ts'
import { proveSession } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'

/** Shows the dialog whenever a request waits for a proof; several that wait are answered by one. */
export default function StepUp({ first }: { first: (proved: boolean) => void }) {
  const [waiting, setWaiting] = useState([first])
  useEffect(() => watchStepUp(() => new Promise((answer) => setWaiting((others) => [...others, answer]))), [])
  if (waiting.length === 0) return null
  const answer = (proved: boolean) => {
    for (const one of waiting) one(proved)
    setWaiting([])
  }
  return <StepUpDialog onAnswer={answer} />
}

function StepUpDialog({ onAnswer }: { onAnswer: (proved: boolean) => void }) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const errorText = useErrorText()
  const [by, setBy] = useState<'password' | 'code'>('password')
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await proveSession({ [by]: typed })
      onAnswer(true)
    } catch (failure) {
      const fields = failure instanceof ApiError ? Object.values(failure.fieldErrors) : []
      setError(fields[0] ?? errorText(failure))
      setBusy(false)
    }
  }
  const change = () => {
    setBy(by === 'password' ? 'code' : 'password')
    setTyped('')
    setError(undefined)
  }
  return (
    <Dialog title={t('stepUp.title')} onClose={() => onAnswer(false)}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation()
          void submit()
        }}
      >
        <p>{t('stepUp.why')}</p>
        <FormRow id="step-up" label={t(`stepUp.${by}`)} error={error} required>
          <input
            key={by}
            id="step-up"
            className="input"
            type={by === 'password' ? 'password' : 'text'}
            inputMode={by === 'password' ? undefined : 'numeric'}
            autoComplete={by === 'password' ? 'current-password' : 'one-time-code'}
            required
            autoFocus
            aria-invalid={error !== undefined}
            aria-describedby={describedBy('step-up', null, error)}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </FormRow>
        <div className="dialog-actions">
          <Button variant="plain" onClick={change}>
            {t(by === 'password' ? 'stepUp.useCode' : 'stepUp.usePassword')}
          </Button>
          <Button onClick={() => onAnswer(false)}>{common('common.cancel')}</Button>
          <Button variant="primary" type="submit" disabled={busy || typed === ''}>
            {t('stepUp.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
