// The user guide, wherever it stands.
import { getRouteApi } from '@tanstack/react-router'
import Guide from '../../features/guide/guide.tsx'

const route = getRouteApi('/inside/guide/$page')

export default function GuideRoute() {
  const { page } = route.useParams()
  return <Guide page={page} />
}
