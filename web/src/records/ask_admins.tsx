// Whom to ask for a right that one lacks: the administrators, by name, with the address they are written to.
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../api/queries.ts'
import { idOf } from '../api/types.ts'

const q = "SELECT id, name, email FROM user WHERE role = 'administrator' AND active = TRUE ORDER BY name"
const shown = 3

export default function AskAdmins() {
  const { t } = useTranslation()
  const { data } = useQuery(queryPage('user', q, shown))
  if (!data || data.records.length === 0) return null
  return (
    <p>
      {t('errors.ask')}
      {data.records.map((admin, index) => (
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
