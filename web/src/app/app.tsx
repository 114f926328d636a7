// The providers around the routes.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { watchSignedOut, watchStepUp } from '../api/client.ts'
import { ApiError } from '../api/problem.ts'
import { meQuery } from '../api/queries.ts'
import { withTexts } from '../lib/i18n.ts'
import { Toasts } from '../ui/toast.tsx'
import { createAppRouter } from './router.tsx'

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
})

const router = createAppRouter(queryClient)

const StepUp = lazy(withTexts(() => import('../features/session/step_up.tsx')))

/** The dialog that asks once more who sits there is loaded the first time that the server wants to know. */
function StepUpHost() {
  const [first, setFirst] = useState<((proved: boolean) => void) | null>(null)
  useEffect(() => watchStepUp(() => new Promise((answer) => setFirst(() => answer))), [])
  return <Suspense>{first && <StepUp first={first} />}</Suspense>
}

watchSignedOut(() => {
  if (router.state.location.pathname === '/sign-in') return
  queryClient.setQueryData(meQuery.queryKey, null)
  const next = router.state.location.href
  void router.navigate({ to: '/sign-in', search: { next, expired: true } })
})

void import('../api/client_errors.ts').then(({ watchErrors }) =>
  watchErrors(() => router.state.matches.at(-1)?.fullPath ?? ''),
)

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <StepUpHost />
      <Toasts />
    </QueryClientProvider>
  )
}
