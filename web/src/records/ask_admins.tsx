// Whom to ask for a right that one lacks: the administrators, by name, with the address they are written to.
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../api/page_queries.ts'
import { meQuery } from '../api/queries.ts'
import { idOf } from '../api/types.ts'
import { quote } from '../lib/soql.ts'

const shown = 3

/** Those who may do everything, by the roles that the server names. */
const administrators = (roles: string[]) =>
  `SELECT id, name, email FROM user WHERE role IN (${roles.map(quote).join(', ')}) AND active = TRUE ORDER BY name`

export default function AskAdmins() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const roles = me?.organisation.administrator_roles ?? []
  const found = useQuery({
    ...queryPage('user', administrators(roles), shown),
    enabled: roles.length > 0,
  })
  const admins = found.data?.records ?? []
  if (admins.length === 0) return null
  return (
    <p>
      {t('errors.ask')}
      {admins.map((admin, index) => (
        <Fragment key={idOf(admin)}>
          {index > 0 && t('common.comma')}
          <a className="link" href={`mailto:${admin.email}`}>
            {String(admin.name)}
          </a>
        </Fragment>
      ))}
    </p>
  )
}
