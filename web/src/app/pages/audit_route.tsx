// The audit log; what it is narrowed to is in the address.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import AuditPage from '../../features/audit/audit_page.tsx'

const route = getRouteApi('/inside/settings/audit')

export default function AuditRoute() {
  const search = route.useSearch()
  const navigate = useNavigate()
  return (
    <AuditPage
      search={search}
      setSearch={(next) => void navigate({ to: '/settings/audit', search: next, replace: true })}
    />
  )
}
