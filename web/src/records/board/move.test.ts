import { expect, it } from 'vitest'
import { withoutRecord, withRecord } from './move.ts'

const pages = {
  pageParams: [null, 'x'],
  pages: [
    { records: [{ id: '1' }, { id: '2' }], next: 'x', total: 3 },
    { records: [{ id: '3' }], next: null, total: null },
  ],
}
const ids = (data: typeof pages | ReturnType<typeof withRecord>) =>
  data.pages.map((page) => page.records.map((record) => record.id).join(''))

it('takes a card out of whichever page holds it', () => {
  expect(ids(withoutRecord(pages, '3'))).toEqual(['12', ''])
})

it('puts a card on top, once', () => {
  expect(ids(withRecord(pages, { id: '3' }))).toEqual(['312', ''])
})
