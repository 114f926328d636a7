// The pages of the settings that have nothing but their name in the address.
import { getRouteApi } from '@tanstack/react-router'
import { lazy } from 'react'
import { NotFound } from '../fallbacks.tsx'

const route = getRouteApi('/inside/settings/$page')

const pages = new Map([
  ['sign-in', lazy(() => import('../../features/security/policy.tsx'))],
  ['outgoing-mail', lazy(() => import('../../features/security/mails.tsx'))],
  ['tokens', lazy(() => import('../../features/security/all_tokens.tsx'))],
  ['sharing', lazy(() => import('../../features/sharing/sharing_list.tsx'))],
  ['positions', lazy(() => import('../../features/people/positions.tsx'))],
  ['groups', lazy(() => import('../../features/people/groups.tsx'))],
  ['queues', lazy(() => import('../../features/people/queues.tsx'))],
  ['territories', lazy(() => import('../../features/people/territories.tsx'))],
])

export default function SettingsRoute() {
  const { page } = route.useParams()
  const Page = pages.get(page)
  return Page ? <Page /> : <NotFound />
}
