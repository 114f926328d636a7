import { expect, it } from 'vitest'
import { patched } from './patch.ts'

const pages = {
  pageParams: [null, 'x'],
  pages: [
    { records: [{ id: '1', name: 'a' }], next: 'x', total: 2 },
    { records: [{ id: '2', name: 'b' }], next: null, total: null },
  ],
}

it('changes the record in whichever page holds it, and only fields that were read', () => {
  const after = patched(pages, '2', { name: 'c', version: 4 }) as typeof pages
  expect(after.pages[1]?.records).toEqual([{ id: '2', name: 'c' }])
  expect(after.pages[0]).toBe(pages.pages[0])
})

it('leaves alone what does not hold the record', () => {
  expect(patched(pages, '3', { name: 'c' })).toBe(pages)
  const single = { id: '1', name: 'a' }
  expect(patched(single, '2', { name: 'c' })).toBe(single)
  expect(patched(single, '1', { name: 'c' })).toEqual({ id: '1', name: 'c' })
})
