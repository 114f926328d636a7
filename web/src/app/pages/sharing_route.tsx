// How one object is shared.
import { getRouteApi } from '@tanstack/react-router'
import SharingPage from '../../features/sharing/sharing_page.tsx'

const route = getRouteApi('/inside/settings/sharing/$object')

export default function SharingRoute() {
  const { object } = route.useParams()
  return <SharingPage key={object} object={object} />
}
