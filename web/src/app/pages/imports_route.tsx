// Starting an import, and the history of imports.
import { getRouteApi } from '@tanstack/react-router'
import Imports from '../../features/imports/imports.tsx'

const route = getRouteApi('/inside/imports')

export default function ImportsRoute() {
  const { object } = route.useSearch()
  return <Imports object={object} />
}
