// The page for those whose role asks for a second factor, and back to where they wanted to go.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { meQuery } from '../../api/queries.ts'
import Enrol from '../../features/session/enrol.tsx'

export default function EnrolPage() {
  const client = useQueryClient()
  const router = useRouter()
  const enter = async () => {
    await client.invalidateQueries({ queryKey: meQuery.queryKey, refetchType: 'none' })
    await client.fetchQuery({ ...meQuery, staleTime: 0 })
    await router.navigate({ to: '/' })
  }
  return <Enrol onDone={() => void enter()} />
}
