// What the tour shows to whom: one list for those who set the product up, one for those who sell.
import type { Me } from '../../api/types.ts'

export interface Step {
  /** The key of its texts. */
  key: StepKey
  /** What it points at, the first that is visible; in the middle of the screen if none is. */
  at: string[]
}

type StepKey =
  | 'welcome'
  | 'navigation'
  | 'search'
  | 'account'
  | 'opportunity'
  | 'task'
  | 'imports'
  | 'users'
  | 'bell'
  | 'help'
  | 'preferences'

const nav = (address: string) => [`.side a[href="${address}"]`, `.bottom-bar a[href="${address}"]`]

const shared: Step[] = [
  { key: 'bell', at: ['.side [data-tour=bell]', '.bottom-bar button'] },
  { key: 'help', at: ['.side [data-tour=help]', '.bottom-bar button'] },
]

const setUp: Step[] = [
  { key: 'welcome', at: [] },
  { key: 'navigation', at: ['.side .side-scroll', '.bottom-bar'] },
  { key: 'users', at: [...nav('/o/user'), '.bottom-bar button'] },
  { key: 'imports', at: [...nav('/imports'), '.bottom-bar button'] },
  { key: 'preferences', at: ['.side .account', '.bottom-bar button'] },
  ...shared,
]

const selling: Step[] = [
  { key: 'welcome', at: [] },
  { key: 'account', at: nav('/o/account') },
  { key: 'opportunity', at: nav('/o/opportunity') },
  { key: 'task', at: nav('/o/task') },
  { key: 'search', at: ['.side [role=search]', '.side input', '.bottom-bar button'] },
  ...shared,
]

export const stepsFor = (me: Me): Step[] => (me.administrator ? setUp : selling)
