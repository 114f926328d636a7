// What the first page asks about a user's own work: conditions over standard objects, shown where an organisation has them.
import type { Filter } from '../../lib/filter.ts'

const mine: Filter = { field: 'owner_id', op: '=', value: { literal: 'ME' } }
const is = (field: string, value: boolean | { literal: string }): Filter => ({ field, op: '=', value })

/** Records of one's own, with the day by which something is due. */
export interface MineWidget {
  object: string
  title: 'today.tasks' | 'today.deals'
  filter: Filter
  due: string
  /** What is shown beside the name. */
  field: string
  amount?: string
  /** What is written when one of them is done. */
  done?: { field: string; value: string }
}

const openTask: Filter = { field: 'status', op: 'not_in', value: ['done', 'cancelled'] }
const openDeal = is('is_closed', false)

export const myTasks: MineWidget = {
  object: 'task',
  title: 'today.tasks',
  filter: { all: [mine, openTask] },
  due: 'due_date',
  field: 'priority',
  done: { field: 'status', value: 'done' },
}

export const myDeals: MineWidget = {
  object: 'opportunity',
  title: 'today.deals',
  filter: { all: [mine, openDeal] },
  due: 'close_date',
  field: 'stage',
  amount: 'amount',
}

export interface Figure {
  object: string
  label: 'today.due' | 'today.overdue' | 'today.open' | 'today.closing' | 'today.won'
  filter: Filter
  /** Summed beside the count. */
  amount?: string
  alarming?: boolean
}

export const figures: Figure[] = [
  {
    object: 'task',
    label: 'today.overdue',
    filter: { all: [mine, openTask, { field: 'due_date', op: '<', value: { literal: 'TODAY' } }] },
    alarming: true,
  },
  {
    object: 'task',
    label: 'today.due',
    filter: { all: [mine, openTask, is('due_date', { literal: 'TODAY' })] },
  },
  { object: 'opportunity', label: 'today.open', filter: myDeals.filter, amount: 'amount' },
  {
    object: 'opportunity',
    label: 'today.closing',
    filter: { all: [mine, openDeal, is('close_date', { literal: 'THIS_MONTH' })] },
    amount: 'amount',
  },
  {
    object: 'opportunity',
    label: 'today.won',
    filter: { all: [mine, is('is_won', true), is('close_date', { literal: 'THIS_MONTH' })] },
    amount: 'amount',
  },
]
