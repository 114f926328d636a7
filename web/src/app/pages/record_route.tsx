// The record page bound to its address.
import { getRouteApi } from '@tanstack/react-router'
import RecordPage from '../../records/detail/record_page.tsx'

const route = getRouteApi('/inside/o/$object/$id')

export default function RecordRoute() {
  const { object, id } = route.useParams()
  return <RecordPage key={id} object={object} id={id} />
}
