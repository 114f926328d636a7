// Signing out from wherever it is asked for.
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { signOut } from '../../api/commands.ts'
import { meQuery } from '../../api/queries.ts'
import { useErrorToast } from '../../records/writes.ts'

export function useSignOut() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const onError = useErrorToast()
  return async () => {
    try {
      await signOut()
      client.clear()
      client.setQueryData(meQuery.queryKey, null)
      await navigate({ to: '/sign-in', search: { next: undefined, expired: undefined } })
    } catch (error) {
      onError(error)
    }
  }
}
