// What users of a role need to sign in: a second factor, an address in certain networks. It can be said of administrators, too.
import { useTranslation } from 'react-i18next'
import { describedBy, FormRow } from '../../ui/form.tsx'
import type { RoleEdit } from './use_role_edit.ts'

export function SignInNeeds({ edit: { draft, errors, change } }: { edit: RoleEdit }) {
  const { t } = useTranslation('security')
  const on = draft.second_factor === true
  const wrong = Object.entries(errors)
    .filter(([field]) => field.startsWith('addresses'))
    .map(([, text]) => text)
  const error = wrong.length > 0 ? wrong.join(' ') : undefined
  const lines = (draft.addresses ?? []).join('\n')
  return (
    <section aria-label={t('role.title')}>
      <h2>{t('role.title')}</h2>
      <div className="role-switch">
        <input
          type="checkbox"
          role="switch"
          id="role-second-factor"
          className="switch"
          aria-describedby="role-second-factor-help"
          aria-checked={on}
          checked={on}
          onChange={(event) => change({ second_factor: event.target.checked })}
        />
        <label htmlFor="role-second-factor">{t('role.secondFactor')}</label>
        <span className="form-help" id="role-second-factor-help">
          {t('role.secondFactorWhy')}
        </span>
      </div>
      <FormRow id="role-networks" label={t('role.networks')} help={t('role.networksHint')} error={error}>
        <textarea
          id="role-networks"
          className="input secret"
          rows={3}
          spellCheck={false}
          aria-invalid={error !== undefined}
          aria-describedby={describedBy('role-networks', t('role.networksHint'), error)}
          value={lines}
          onChange={(event) =>
            change({ addresses: event.target.value === '' ? [] : event.target.value.split('\n') })
          }
        />
      </FormRow>
    </section>
  )
}
