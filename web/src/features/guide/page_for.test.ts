import { expect, it } from 'vitest'
import { guidePageFor } from './page_for.ts'
import { guidePages } from './pages.ts'

it('has a page of the guide for every place, in both languages', () => {
  for (const path of [
    '/',
    '/o/account',
    '/o/account/001',
    '/imports/7',
    '/recycle-bin',
    '/search',
    '/settings',
    '/settings/territories',
    '/settings/audit',
  ]) {
    const page = guidePageFor(path)
    expect(guidePages('zh-CN').has(page), path).toBe(true)
    expect(guidePages('en').has(page), path).toBe(true)
  }
})
