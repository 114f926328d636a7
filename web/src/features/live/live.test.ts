// What a set of changes affects, and rows put in the place of older ones.
import { describe, expect, it } from 'vitest'
import type { ChangeEvent } from '../../api/events.ts'
import { addTo, emptyBatch, isAffected } from './affected.ts'
import { replaceRows, selectById } from './patch.ts'

const change = (part: Partial<ChangeEvent>): ChangeEvent => ({
  seq: 1,
  object: 'account',
  id: 'A1',
  op: 'update',
  version: 2,
  change_set: '7',
  ...part,
})

function affected(queryKey: unknown[], data: unknown, ...changes: ChangeEvent[]) {
  const batch = emptyBatch()
  for (const item of changes) addTo(batch, item)
  return isAffected({ queryKey, state: { data } } as unknown as Parameters<typeof isAffected>[0], batch)
}

describe('isAffected', () => {
  it('knows lists of the object, and lists that show the record as a reference', () => {
    expect(affected(['records', 'account', 'pages', 'q'], null, change({}))).toBe(true)
    expect(
      affected(
        ['records', 'contact', 'pages', 'q'],
        { pages: [{ records: [{ account_id: 'A1' }] }] },
        change({}),
      ),
    ).toBe(true)
    expect(
      affected(['records', 'contact', 'pages', 'q'], { pages: [{ records: [{ id: 'C1' }] }] }, change({})),
    ).toBe(false)
  })

  it('knows the record, and the timeline an activity is on', () => {
    const note = change({ object: 'note', id: 'N1', op: 'create', about: ['A1'] })
    expect(affected(['record', 'account', 'A1'], {}, change({}))).toBe(true)
    expect(affected(['record', 'account', 'A2'], {}, change({}))).toBe(false)
    expect(affected(['timeline', 'account', 'A1'], {}, note)).toBe(true)
    expect(affected(['timeline', 'account', 'A2'], {}, note)).toBe(false)
  })

  it('knows that only what was deleted or came back is in the recycle bin', () => {
    expect(affected(['recycle_bin', null], {}, change({}))).toBe(false)
    expect(affected(['recycle_bin', null], {}, change({ op: 'delete' }))).toBe(true)
  })
})

describe('patching rows', () => {
  it('asks for the rows without the conditions of the list', () => {
    const q = "SELECT id, owner.name FROM account WHERE name = ' FROM x' ORDER BY name ASC"
    expect(selectById(q, ['A1', 'A2'])).toBe("SELECT id, owner.name FROM account WHERE id IN ('A1', 'A2')")
  })

  it('keeps pages and rows that did not change as the same objects', () => {
    const first = { records: [{ id: 'A1', name: 'old' }, { id: 'A2' }], next: null, total: 2 }
    const second = { records: [{ id: 'A3' }], next: null, total: null }
    const fresh = new Map([['A1', { id: 'A1', name: 'new' }]])
    const after = replaceRows({ pages: [first, second], pageParams: [null, 'c'] }, fresh)
    if (!('pages' in after)) throw new Error('pages expected')
    expect(after.pages[0]?.records[0]).toEqual({ id: 'A1', name: 'new' })
    expect(after.pages[0]?.records[1]).toBe(first.records[1])
    expect(after.pages[1]).toBe(second)
  })
})
