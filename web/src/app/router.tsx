// Every address of the application, its search parameters, and the lazily loaded page behind it.
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { meQuery, objectQuery, objectsQuery, viewsQuery } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import { setDensity } from '../lib/density.ts'
import { setLanguage } from '../lib/i18n.ts'
import { setTheme } from '../lib/theme.ts'
import { parseListSearch } from '../records/list/search.ts'
import { SkeletonLines } from '../ui/feedback.tsx'
import { Crashed, NotFound } from './fallbacks.tsx'
import { Shell } from './shell.tsx'

interface Context {
  queryClient: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
})

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => ({
    next: text(search.next),
    expired: search.expired === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/sign_in_page.tsx')),
})

let appliedFor: string | null = null

/** Language, theme and density follow the user to each browser; before anything is read, so that labels come in that language. */
async function applyPreferences(me: Me) {
  if (appliedFor === me.id) return
  appliedFor = me.id
  setTheme(me.theme)
  setDensity(me.density)
  await setLanguage(me.language)
}

/** All that needs somebody signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) {
      appliedFor = null
      throw redirect({ to: '/sign-in', search: { next: location.href, expired: undefined } })
    }
    await applyPreferences(me)
  },
  loader: ({ context }) => context.queryClient.ensureQueryData(objectsQuery).then(() => undefined),
  staleTime: Number.POSITIVE_INFINITY,
  component: Shell,
  pendingComponent: () => <SkeletonLines count={10} />,
  errorComponent: Crashed,
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home.tsx')),
})

const list = createRoute({
  getParentRoute: () => inside,
  path: '/o/$object',
  validateSearch: parseListSearch,
  loader: ({ context, params }) => {
    void context.queryClient.prefetchQuery(viewsQuery(params.object))
    return context.queryClient.ensureQueryData(objectQuery(params.object)).then(() => undefined)
  },
  component: lazyRouteComponent(() => import('./pages/list_route.tsx')),
})

const record = createRoute({
  getParentRoute: () => inside,
  path: '/o/$object/$id',
  loader: ({ context, params }) =>
    context.queryClient.ensureQueryData(objectQuery(params.object)).then(() => undefined),
  component: lazyRouteComponent(() => import('./pages/record_route.tsx')),
})

const search = createRoute({
  getParentRoute: () => inside,
  path: '/search',
  validateSearch: (raw: Record<string, unknown>): { q?: string; object?: string } => ({
    q: typeof raw.q === 'number' ? String(raw.q) : text(raw.q),
    object: text(raw.object),
  }),
  component: lazyRouteComponent(() => import('./pages/search_route.tsx')),
})

const imports = createRoute({
  getParentRoute: () => inside,
  path: '/imports',
  validateSearch: (search: Record<string, unknown>): { object?: string } => ({ object: text(search.object) }),
  component: lazyRouteComponent(() => import('./pages/imports_route.tsx')),
})

const importOne = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./pages/import_route.tsx')),
})

const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../features/jobs/jobs.tsx')),
})

const recycleBin = createRoute({
  getParentRoute: () => inside,
  path: '/recycle-bin',
  component: lazyRouteComponent(() => import('../features/recycle_bin/recycle_bin.tsx')),
})

const guide = createRoute({
  getParentRoute: () => inside,
  path: '/guide/$page',
  component: lazyRouteComponent(() => import('./pages/guide_route.tsx')),
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings.tsx')),
})

/** Any other address: the navigation stays, so that one finds back. */
const unknown = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound })

const routeTree = root.addChildren([
  signIn,
  inside.addChildren([
    home,
    list,
    record,
    search,
    imports,
    importOne,
    jobs,
    recycleBin,
    guide,
    settings,
    unknown,
  ]),
])

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadDelay: 80,
    defaultPendingMs: 150,
    defaultPendingComponent: () => <SkeletonLines count={10} />,
    defaultErrorComponent: Crashed,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  })
}
