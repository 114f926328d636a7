// A new token: its name, what it may do and for how long; then the token itself, shown once.
import { useQueryClient } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createToken } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useErrorText } from '../../records/writes.ts'
import { Button, Segmented } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import './security.css'

const choices = [7, 30, 90, 180, 365]

export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const [token, setToken] = useState<string | null>(null)
  return token === null ? (
    <TokenForm onMade={setToken} onClose={onClose} />
  ) : (
    <Made token={token} onClose={onClose} />
  )
}

function TokenForm({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const { objects } = useFieldSettings()
  const base = useId()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<'read' | 'write'>('read')
  const [days, setDays] = useState(90)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const toggle = (object: string) => {
    const next = new Set(chosen)
    if (!next.delete(object)) next.add(object)
    setChosen(next)
  }
  const submit = async () => {
    setBusy(true)
    setErrors({})
    try {
      const body = { name, write: scope === 'write', objects: [...chosen], expires_in_days: days }
      const { token } = await createToken(body)
      void client.invalidateQueries({ queryKey: ['tokens'] })
      onMade(token)
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {}
      setErrors(fields.name ? fields : { ...fields, other: errorText(error) })
      setBusy(false)
    }
  }
  return (
    <Dialog title={t('tokens.make')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {errors.other && (
          <p className="banner banner-danger" role="alert">
            {errors.other}
          </p>
        )}
        <FormRow
          id={`${base}-name`}
          label={t('tokens.name')}
          help={t('tokens.nameHint')}
          error={errors.name}
          required
        >
          <input
            id={`${base}-name`}
            className="input"
            required
            maxLength={80}
            autoFocus
            aria-invalid={errors.name !== undefined}
            aria-describedby={describedBy(`${base}-name`, t('tokens.nameHint'), errors.name)}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </FormRow>
        <FormRow id={`${base}-scope`} label={t('tokens.scope')} group>
          <Segmented
            label={t('tokens.scope')}
            value={scope}
            onChange={setScope}
            options={(['read', 'write'] as const).map((value) => ({ value, label: t(`tokens.${value}`) }))}
          />
        </FormRow>
        <FormRow id={`${base}-days`} label={t('tokens.days')}>
          <select
            id={`${base}-days`}
            className="input"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          >
            {choices.map((count) => (
              <option key={count} value={count}>
                {t('tokens.daysCount', { count })}
              </option>
            ))}
          </select>
        </FormRow>
        <fieldset className="token-objects">
          <legend className="form-label">{t('tokens.objects')}</legend>
          <span className="form-help">{t('tokens.objectsHint')}</span>
          <div>
            {[...objects.values()].map((object) => (
              <label key={object.name}>
                <input
                  type="checkbox"
                  checked={chosen.has(object.name)}
                  onChange={() => toggle(object.name)}
                />
                {object.label}
              </label>
            ))}
          </div>
        </fieldset>
        <div className="dialog-actions">
          <Button onClick={onClose}>{common('common.cancel')}</Button>
          <Button variant="primary" type="submit" disabled={busy || name.trim() === ''}>
            {t('tokens.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Made({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useTranslation('security')
  const copy = () => void navigator.clipboard?.writeText(token).then(() => showToast(t('tokens.copied')))
  return (
    <Dialog title={t('tokens.madeTitle')} onClose={onClose}>
      <div className="stack">
        <p className="banner banner-warn">{t('tokens.madeWhy')}</p>
        <FormRow id="new-token" label={t('tokens.token')}>
          <input
            id="new-token"
            className="input secret"
            readOnly
            value={token}
            onFocus={(event) => event.target.select()}
          />
        </FormRow>
        <div className="dialog-actions">
          <Button icon={<Copy size={14} aria-hidden />} onClick={copy}>
            {t('tokens.copy')}
          </Button>
          <Button variant="primary" onClick={onClose}>
            {t('tokens.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
