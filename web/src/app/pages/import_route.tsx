// One import, wherever it stands.
import { getRouteApi } from '@tanstack/react-router'
import Wizard from '../../features/imports/wizard.tsx'

const route = getRouteApi('/inside/imports/$id')

export default function ImportRoute() {
  const { id } = route.useParams()
  return <Wizard key={id} id={id} />
}
