// The sign-in page, and back to where one came from.
import { getRouteApi, useRouter } from '@tanstack/react-router'
import SignIn from '../../features/session/sign_in.tsx'

const route = getRouteApi('/sign-in')

export default function SignInPage() {
  const { next, expired } = route.useSearch()
  const router = useRouter()
  const enter = async () => {
    await router.invalidate()
    // Only a path of our own: never leave for another site after signing in.
    const path = next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/'
    router.history.push(path)
  }
  return <SignIn expired={expired === true} onSignedIn={() => void enter()} />
}
