// What two users may do, side by side; who they are is in the address.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import CompareUsers from '../../features/roles/compare_users.tsx'

const route = getRouteApi('/inside/settings/compare-users')

export default function CompareUsersRoute() {
  const { left, right } = route.useSearch()
  const navigate = useNavigate()
  return (
    <CompareUsers
      left={left}
      right={right}
      setUsers={(search) => void navigate({ to: '/settings/compare-users', search, replace: true })}
    />
  )
}
