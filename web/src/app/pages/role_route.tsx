// One profile or permission set; the object whose fields are shown is in the address.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import RolePage from '../../features/roles/role_page.tsx'

const route = getRouteApi('/inside/settings/roles/$name')

export default function RoleRoute() {
  const { name } = route.useParams()
  const { object } = route.useSearch()
  const navigate = useNavigate()
  return (
    <RolePage
      key={name}
      name={name}
      object={object}
      setObject={(next) =>
        void navigate({
          to: '/settings/roles/$name',
          params: { name },
          search: { object: next },
          replace: true,
        })
      }
    />
  )
}
