// The section of the settings with all roles and permission sets: for administrators.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Scale, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteRole } from '../../api/commands.ts'
import { rolesQuery } from '../../api/page_queries.ts'
import type { Role, RoleKind } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { showError, showToast } from '../../ui/toast.tsx'
import { useLabel, useRefreshRoles } from './data.ts'
import './roles.css'

const NewRole = lazy(() => import('./new_role.tsx'))

export default function Roles() {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const refresh = useRefreshRoles()
  const onError = useErrorToast()
  const { data: roles } = useQuery(rolesQuery)
  const [making, setMaking] = useState<RoleKind | null>(null)
  const [asking, setAsking] = useState<Role | null>(null)
  const ask = (role: Role) => {
    if (role.users === 0) return setAsking(role)
    showError(t('roles.inUse', { count: role.users, name: labelOf(role.label) }))
  }
  const remove = async (role: Role) => {
    setAsking(null)
    try {
      await deleteRole(role.name)
      showToast(t('roles.deleted', { name: labelOf(role.label) }))
      await refresh()
    } catch (error) {
      onError(error)
    }
  }
  return (
    <section aria-label={t('roles.title')} className="roles-section">
      <h2>{t('roles.title')}</h2>
      <p className="form-help">{t('roles.intro')}</p>
      <div className="roles-actions">
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => setMaking('profile')}>
          {t('roles.newProfile')}
        </Button>
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => setMaking('permission_set')}>
          {t('roles.newPermissionSet')}
        </Button>
        <Link className="btn btn-outline" to="/settings/compare-users">
          <Scale size={14} aria-hidden />
          {t('roles.compare')}
        </Link>
      </div>
      {roles ? <RoleTable roles={roles} onDelete={ask} /> : <SkeletonLines count={4} />}
      <Suspense>{making && <NewRole kind={making} onClose={() => setMaking(null)} />}</Suspense>
      {asking && (
        <ConfirmDialog
          title={t('roles.deleteTitle', { name: labelOf(asking.label) })}
          text={t('roles.deleteWhy')}
          confirm={t('common.delete')}
          danger
          onConfirm={() => void remove(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  )
}

function RoleTable({ roles, onDelete }: { roles: Role[]; onDelete: (role: Role) => void }) {
  const { t } = useTranslation()
  const labelOf = useLabel()
  return (
    <table className="plain-table roles-table">
      <thead>
        <tr>
          <th scope="col">{t('roles.label')}</th>
          <th scope="col">{t('roles.kind')}</th>
          <th scope="col" className="end">
            {t('roles.users')}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {roles.map((role) => (
          <tr key={role.name}>
            <td>
              <Link className="name-link" to="/settings/roles/$name" params={{ name: role.name }}>
                {labelOf(role.label)}
              </Link>
              {role.description && <span className="form-help">{labelOf(role.description)}</span>}
            </td>
            <td>{t(`roles.${role.kind ?? 'profile'}`)}</td>
            <td className="end">{role.users}</td>
            <td className="end">
              {!role.standard && (
                <IconButton
                  small
                  label={t('roles.delete', { name: labelOf(role.label) })}
                  onClick={() => onDelete(role)}
                >
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
