// What signing in asks of everybody, and what it asks more of users of certain roles.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { updateOrganisation } from '../../api/commands.ts'
import { rolesQuery } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import type { Role, SignInPolicy } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useLabel } from '../roles/data.ts'
import { SettingsPage } from '../settings/settings_page.tsx'
import './security.css'

/** The members of the policy, with the bounds that the server keeps. */
const bounds = { password_min: [8, 64], idle_hours: [1, 720], longest_days: [1, 365] } as const
type Member = keyof typeof bounds
const members = Object.keys(bounds) as Member[]

export default function Policy() {
  const { t } = useTranslation('security')
  const { data: me } = useQuery(meQuery)
  const roles = useQuery(rolesQuery)
  return (
    <SettingsPage
      title={t('policy.title')}
      intro={t('policy.intro')}
      error={roles.error}
      loaded={me !== undefined && roles.data !== undefined}
    >
      {me && <Form key={JSON.stringify(me.organisation.sign_in)} policy={me.organisation.sign_in} />}
      {roles.data && <ByRole roles={roles.data.filter(({ kind }) => kind !== 'permission_set')} />}
    </SettingsPage>
  )
}

function Form({ policy }: { policy: SignInPolicy }) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const id = useId()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [draft, setDraft] = useState<Record<Member, string>>({
    password_min: String(policy.password_min),
    idle_hours: String(policy.idle_hours),
    longest_days: String(policy.longest_days),
  })
  const [errors, setErrors] = useState<Record<string, string>>({})
  const changed = members.filter((member) => draft[member] !== String(policy[member]))
  const save = async () => {
    setErrors({})
    try {
      const sign_in = Object.fromEntries(changed.map((member) => [member, Number(draft[member])]))
      client.setQueryData(meQuery.queryKey, await updateOrganisation({ sign_in }))
      showToast(common('settings.saved'))
    } catch (error) {
      if (error instanceof ApiError && Object.keys(error.fieldErrors).length > 0) setErrors(error.fieldErrors)
      else onError(error)
    }
  }
  return (
    <form
      className="stack policy-form"
      aria-label={t('policy.everybody')}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <h2>{t('policy.everybody')}</h2>
      {members.map((member) => {
        const help = t(`policy.${member}Why`)
        const error = errors[`sign_in.${member}`]
        const [min, max] = bounds[member]
        return (
          <FormRow
            key={member}
            id={`${id}-${member}`}
            label={t(`policy.${member}`)}
            help={help}
            error={error}
          >
            <input
              id={`${id}-${member}`}
              className="input"
              type="number"
              inputMode="numeric"
              min={min}
              max={max}
              aria-invalid={error !== undefined}
              aria-describedby={describedBy(`${id}-${member}`, help, error)}
              value={draft[member]}
              onChange={(event) => setDraft({ ...draft, [member]: event.target.value })}
            />
          </FormRow>
        )
      })}
      <Button variant="primary" type="submit" disabled={changed.length === 0}>
        {common('common.save')}
      </Button>
    </form>
  )
}

function ByRole({ roles }: { roles: Role[] }) {
  const { t } = useTranslation('security')
  const labelOf = useLabel()
  return (
    <section aria-label={t('policy.byRole')} className="stack">
      <h2>{t('policy.byRole')}</h2>
      <p className="form-help">{t('policy.byRoleWhy')}</p>
      <table className="plain-table policy-roles">
        <thead>
          <tr>
            <th scope="col">{t('policy.role')}</th>
            <th scope="col">{t('factor.title')}</th>
            <th scope="col">{t('role.networks')}</th>
          </tr>
        </thead>
        <tbody>
          {roles.map(({ name, label, second_factor, addresses }) => (
            <tr key={name}>
              <td>
                <Link className="name-link" to="/settings/roles/$name" params={{ name }}>
                  {labelOf(label)}
                </Link>
              </td>
              <td>{t(second_factor ? 'policy.required' : 'policy.optional')}</td>
              <td className={addresses?.length ? 'secret' : undefined}>
                {addresses?.length ? addresses.join(' ') : t('policy.everywhere')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
