// The full results of a search; what is looked for and the object filter are in the address.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import SearchPage from '../../features/search/search_page.tsx'

const route = getRouteApi('/inside/search')

export default function SearchRoute() {
  const search = route.useSearch()
  const navigate = useNavigate()
  return (
    <SearchPage
      text={search.q ?? ''}
      object={search.object}
      setSearch={(next) => void navigate({ to: '/search', search: next, replace: true })}
    />
  )
}
