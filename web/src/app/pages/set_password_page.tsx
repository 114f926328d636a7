// The page of a link from a mail. The secret stands behind the hash, so that no server sees it in an address, and goes from there at once.
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import SetPassword from '../../features/session/set_password.tsx'

export default function SetPasswordPage() {
  const router = useRouter()
  const [token] = useState(() => window.location.hash.slice(1))
  useEffect(() => window.history.replaceState(window.history.state, '', window.location.pathname), [])
  const signIn = () =>
    void router.navigate({ to: '/sign-in', search: { next: undefined, expired: undefined } })
  return <SetPassword token={token} onSignIn={signIn} />
}
