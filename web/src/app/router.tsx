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
import type { ComponentType } from 'react'
import { meQuery, objectQuery, objectsQuery, viewsQuery } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import { setDensity } from '../lib/density.ts'
import { setLanguage, withTexts } from '../lib/i18n.ts'
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

/** Search parameters that are texts or not there. */
const texts =
  <K extends string>(...names: K[]) =>
  (search: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, text(search[name])])) as { [name in K]?: string }

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => ({
    next: text(search.next),
    expired: search.expired === true ? true : undefined,
  }),
  component: lazyRouteComponent(withTexts(() => import('./pages/sign_in_page.tsx'))),
})

const setPassword = createRoute({
  getParentRoute: () => root,
  path: '/set-password',
  component: lazyRouteComponent(withTexts(() => import('./pages/set_password_page.tsx'))),
})

const enrol = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  component: lazyRouteComponent(withTexts(() => import('./pages/enrol_page.tsx'))),
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
    if (me.second_factor_due) throw redirect({ to: '/second-factor' })
  },
  loader: ({ context }) => context.queryClient.ensureQueryData(objectsQuery).then(() => undefined),
  staleTime: Number.POSITIVE_INFINITY,
  component: Shell,
  pendingComponent: () => <SkeletonLines count={10} />,
  errorComponent: Crashed,
})

/** A page behind an address, with nothing to be read before it. */
const page = <P extends string>(path: P, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load) })

const home = page('/', () => import('../features/home/home.tsx'))

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
  validateSearch: texts('object'),
  component: lazyRouteComponent(() => import('./pages/imports_route.tsx')),
})

const importOne = page('/imports/$id', () => import('./pages/import_route.tsx'))

const jobs = page('/jobs', () => import('../features/jobs/jobs.tsx'))

const recycleBin = page('/recycle-bin', () => import('../features/recycle_bin/recycle_bin.tsx'))

const guide = page('/guide/$page', () => import('./pages/guide_route.tsx'))

const settings = page('/settings', () => import('../features/settings/settings.tsx'))

const settingsPage = page(
  '/settings/$page',
  withTexts(() => import('./pages/settings_route.tsx')),
)

const role = createRoute({
  getParentRoute: () => inside,
  path: '/settings/roles/$name',
  validateSearch: texts('object'),
  component: lazyRouteComponent(withTexts(() => import('./pages/role_route.tsx'))),
})

const compareUsers = createRoute({
  getParentRoute: () => inside,
  path: '/settings/compare-users',
  validateSearch: texts('left', 'right'),
  component: lazyRouteComponent(() => import('./pages/compare_users_route.tsx')),
})

const sharingOne = page('/settings/sharing/$object', () => import('./pages/sharing_route.tsx'))

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/settings/audit',
  validateSearch: texts('user', 'kind', 'object', 'record', 'from', 'to'),
  component: lazyRouteComponent(() => import('./pages/audit_route.tsx')),
})

/** Any other address: the navigation stays, so that one finds back. */
const unknown = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound })

const routeTree = root.addChildren([
  signIn,
  setPassword,
  enrol,
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
    settingsPage,
    role,
    compareUsers,
    sharingOne,
    audit,
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
