import { describe, expect, it } from 'vitest'
import type { Filter } from './filter.ts'
import { filterText, type KindOf, quote, quoteLike, selectText } from './soql.ts'

const kinds: Record<string, 'number' | 'date' | 'boolean'> = {
  amount: 'number',
  close_date: 'date',
  active: 'boolean',
}
const kindOf: KindOf = (path) => kinds[path] ?? 'string'
const text = (filter: Filter) => filterText(filter, kindOf)

describe('quoting', () => {
  it('escapes quotes and backslashes', () => {
    expect(quote("O'Hara \\ 张")).toBe("'O\\'Hara \\\\ 张'")
  })
  it('keeps wildcards typed by the user literal', () => {
    expect(quoteLike('%', "50%_\\'", '%')).toBe("'%50\\%\\_\\\\\\'%'")
  })
  it('refuses to build a path from anything but a path', () => {
    expect(() => text({ field: "name = '' OR id", op: '=', value: 'x' })).toThrow()
  })
})

describe('conditions', () => {
  it('writes strings quoted, numbers and dates bare', () => {
    expect(text({ field: 'name', op: '=', value: "x' OR name != '" })).toBe("name = 'x\\' OR name != \\''")
    expect(text({ field: 'amount', op: '>', value: '1000.50' })).toBe('amount > 1000.50')
    expect(text({ field: 'close_date', op: '<=', value: '2026-11-21' })).toBe('close_date <= 2026-11-21')
    expect(text({ field: 'active', op: '=', value: true })).toBe('active = true')
  })
  it('quotes what only claims to be a number', () => {
    expect(text({ field: 'amount', op: '>', value: '1 OR 1=1' })).toBe("amount > '1 OR 1=1'")
  })
  it('writes date literals and ME bare', () => {
    expect(text({ field: 'close_date', op: '=', value: { literal: 'LAST_N_DAYS:30' } })).toBe(
      'close_date = LAST_N_DAYS:30',
    )
    expect(text({ field: 'owner_id', op: '=', value: { literal: 'ME' } })).toBe('owner_id = ME')
    expect(() => text({ field: 'owner_id', op: '=', value: { literal: 'ME OR 1=1' } })).toThrow()
  })
  it('writes lists, text searches and null tests', () => {
    expect(text({ field: 'stage', op: 'in', value: ['won', 'lost'] })).toBe("stage IN ('won', 'lost')")
    expect(text({ field: 'tags', op: 'includes', value: ['a'] })).toBe("tags INCLUDES ('a')")
    expect(text({ field: 'name', op: 'contains', value: '网' })).toBe("name LIKE '%网%'")
    expect(text({ field: 'name', op: 'starts_with', value: '网' })).toBe("name LIKE '网%'")
    expect(text({ field: 'name', op: 'is_null' })).toBe('name = null')
  })
})

describe('trees and statements', () => {
  it('brackets groups and drops incomplete conditions', () => {
    const filter: Filter = {
      all: [
        { field: 'name', op: 'contains', value: '' },
        {
          any: [
            { field: 'stage', op: '=', value: 'won' },
            { field: 'amount', op: '>', value: 5 },
          ],
        },
        { not: { field: 'name', op: '=', value: 'x' } },
      ],
    }
    expect(text(filter)).toBe("((stage = 'won' OR amount > 5) AND NOT (name = 'x'))")
    expect(text({ all: [] })).toBeNull()
  })
  it('composes a statement', () => {
    const statement = selectText(
      {
        object: 'opportunity',
        fields: ['id', 'account.name'],
        filter: { field: 'stage', op: '=', value: 'won' },
        sort: [
          { field: 'amount', desc: true },
          { field: 'name', desc: false },
        ],
        limit: 5,
      },
      kindOf,
    )
    expect(statement).toBe(
      "SELECT id, account.name FROM opportunity WHERE stage = 'won' ORDER BY amount DESC NULLS LAST, name ASC LIMIT 5",
    )
    expect(
      selectText(
        { object: 'task', fields: ['id'], sort: [{ field: 'due_date', desc: false }], emptyLast: true },
        kindOf,
      ),
    ).toBe('SELECT id FROM task ORDER BY due_date ASC NULLS LAST')
  })
})
