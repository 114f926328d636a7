// A new role that begins with the rights of another, or a new permission set that begins with none.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createRole } from '../../api/commands.ts'
import { rolesQuery } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import type { RoleKind } from '../../api/types.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useLabel, useRefreshRoles } from './data.ts'
import { apiName, newRole } from './definition.ts'
import { LabelFields } from './labels.tsx'

const blank = { zh: '', en: '' }

export default function NewRole({ kind, onClose }: { kind: RoleKind; onClose: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const navigate = useNavigate()
  const labelOf = useLabel()
  const refresh = useRefreshRoles()
  const errorText = useErrorText()
  const { data: roles = [] } = useQuery(rolesQuery)
  const [texts, setTexts] = useState({ label: blank, description: blank })
  const [from, setFrom] = useState('standard')
  const [error, setError] = useState<{ label?: string; other?: string }>({})
  const [busy, setBusy] = useState(false)
  const models = roles.filter((role) => role.kind === 'profile' && !role.administrator)

  const submit = async () => {
    setBusy(true)
    try {
      const name = apiName(texts.label.en, new Set(roles.map((role) => role.name)))
      const model = kind === 'profile' ? models.find((role) => role.name === from) : undefined
      const made = await createRole(newRole(kind, name, texts.label, texts.description, model))
      showToast(t('roles.created', { name: labelOf(made.label) }))
      void refresh()
      void navigate({ to: '/settings/roles/$name', params: { name } })
    } catch (failure) {
      const label = failure instanceof ApiError ? failure.fieldErrors.label : undefined
      setError(label ? { label } : { other: errorText(failure) })
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={kind === 'profile' ? t('roles.newProfile') : t('roles.newPermissionSet')}
      onClose={onClose}
    >
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {error.other && (
          <p className="banner banner-danger" role="alert">
            {error.other}
          </p>
        )}
        <LabelFields
          {...texts}
          error={error.label}
          onChange={(change) => setTexts((was) => ({ ...was, ...change }))}
        />
        {kind === 'profile' ? (
          <FormRow id={id} label={t('roles.copyFrom')} help={t('roles.copyFromHint')}>
            <select
              id={id}
              className="input"
              aria-describedby={`${id}-help`}
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            >
              {models.map((role) => (
                <option key={role.name} value={role.name}>
                  {labelOf(role.label)}
                </option>
              ))}
            </select>
          </FormRow>
        ) : (
          <p className="form-help">{t('roles.setWhy')}</p>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" disabled={busy}>
            {t('roles.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
