// The list page bound to its address: the state of the list is the search part of the URL.
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import ListPage from '../../records/list/page.tsx'
import type { ListSearch } from '../../records/list/search.ts'

const route = getRouteApi('/inside/o/$object')

export default function ListRoute() {
  const { object } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const setSearch = useCallback(
    (next: ListSearch) =>
      void navigate({ to: '/o/$object', params: { object }, search: next, replace: true }),
    [navigate, object],
  )
  return <ListPage key={object} object={object} search={search} setSearch={setSearch} />
}
