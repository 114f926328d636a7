// What two users may do, side by side: their roles, and what these mean together for objects and fields.
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rolesQuery } from '../../api/page_queries.ts'
import { meQuery, recordQuery } from '../../api/queries.ts'
import type { RecordData, RecordScope, Role } from '../../api/types.ts'
import { UserPicker } from '../../records/user_picker.tsx'
import { useErrorText } from '../../records/writes.ts'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { type Pair, useFieldRows, useObjectRows, useRoleRows } from './compare_rows.ts'
import { rolesOf } from './reach.ts'
import './roles.css'

interface Users {
  left?: string
  right?: string
}

export default function CompareUsers({
  left,
  right,
  setUsers,
}: Users & { setUsers: (users: Users) => void }) {
  const { t } = useTranslation()
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <Link className="btn btn-icon" to="/settings" aria-label={t('roles.back')} title={t('roles.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>{t('roles.compare')}</h1>
      </header>
      <div className="page-scroll role-page" tabIndex={0}>
        <div className="role-labels">
          <UserPicker label={t('roles.left')} value={left} onChange={(id) => setUsers({ left: id, right })} />
          <UserPicker
            label={t('roles.right_')}
            value={right}
            onChange={(id) => setUsers({ left, right: id })}
          />
        </div>
        {left && right ? <Compared ids={[left, right]} /> : <p>{t('roles.chooseTwo')}</p>}
      </div>
    </div>
  )
}

function Compared({ ids }: { ids: string[] }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { data: me } = useQuery(meQuery)
  const { data: roles, error } = useQuery(rolesQuery)
  const users = useQueries({
    queries: ids.map((id) => recordQuery('user', id, ['id', 'name', 'role', 'permission_sets'])),
  })
  const failed = error ?? users.find((user) => user.error)?.error
  if (failed) return <Empty title={t('errors.title')} why={errorText(failed)} />
  const [left, right] = users.map((user) => user.data)
  if (!roles || !left || !right || !me) return <SkeletonLines />
  return <Table users={[left, right]} roles={roles} setting={me.organisation.record_scope} />
}

interface TableProps {
  users: [RecordData, RecordData]
  roles: Role[]
  setting: RecordScope
}

function Table({ users, roles, setting }: TableProps) {
  const { t } = useTranslation()
  const [onlyDifferent, setOnlyDifferent] = useState(true)
  const [left, right] = users
  const pair: Pair = [
    rolesOf(roles, left.role, left.permission_sets),
    rolesOf(roles, right.role, right.permission_sets),
  ]
  const rows = [...useRoleRows(pair), ...useObjectRows(pair, setting), ...useFieldRows(pair)]
  const shown = onlyDifferent ? rows.filter((row) => !row.same) : rows
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={onlyDifferent}
          onChange={(event) => setOnlyDifferent(event.target.checked)}
        />
        {t('roles.onlyDifferent')}
      </label>
      {shown.length === 0 ? (
        <p role="status">{t('roles.noDifference')}</p>
      ) : (
        <table className="plain-table compare">
          <thead>
            <tr>
              <th scope="col">{t('roles.rights')}</th>
              {users.map((user, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: both may be the same user
                <th key={index} scope="col">
                  {String(user.name ?? '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <Fragment key={row.key}>
                {row.group !== shown[index - 1]?.group && (
                  <tr className="rights-group">
                    <th colSpan={3} scope="rowgroup">
                      {row.group}
                    </th>
                  </tr>
                )}
                <tr className={row.same ? undefined : 'differs'}>
                  <th scope="row">
                    {row.label}
                    {!row.same && <span className="sr-only"> ({t('roles.differs')})</span>}
                  </th>
                  <td>{row.values[0]}</td>
                  <td>{row.values[1]}</td>
                </tr>
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
