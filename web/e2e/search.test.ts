// Search in the shell: by object, by keys alone, with what was looked for marked; all results at an address of their own.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type App, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = Date.now().toString(36)
const name = `澜沧精密仪器${mark}`
let app: App
let account: string

beforeAll(async () => {
  account = (await create('account', { name, phone: '0571-86754321' })).id
  await create('contact', { name: `澜沧联系人${mark}`, account_id: account })
  app = await open()
})
afterEach(() => expect(app.complaints).toEqual([]))
afterAll(closeBrowser)

const box = () => app.page.getByRole('combobox', { name: '搜索全部记录' })

it('shows results by object as one types, and opens one by keys alone', async () => {
  const { page } = app
  await box().waitFor()
  await page.keyboard.press('/')
  await expect.poll(() => box().evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.type('澜沧')
  const list = page.getByRole('listbox', { name: '“澜沧”的搜索结果' })
  await list.getByRole('group', { name: '客户' }).getByText(name).first().waitFor()
  await list.getByRole('group', { name: '联系人' }).waitFor()
  expect(await list.locator('mark').first().textContent()).toBe('澜沧')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toMatch(/^\/o\/(account|contact)\//)
})

it.each([
  ['全拼', 'lancangjingmi'],
  ['首字母', 'lcjm'],
  ['繁体', '瀾滄精密'],
  ['电话中的数字', '8675'],
])('finds by %s', async (_, typed) => {
  const { page } = app
  await box().fill(typed)
  await page.getByRole('option').filter({ hasText: name }).first().waitFor()
  await page.keyboard.press('Escape')
})

it('shows all results on a page whose address has the text and the object', async () => {
  const { page, goto } = app
  await box().fill('澜沧')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '搜索' }).waitFor()
  await page
    .getByRole('region', { name: '客户' })
    .getByRole('link', { name: new RegExp(name) })
    .waitFor()
  await page.getByRole('group', { name: '按类型筛选' }).getByRole('button', { name: '联系人' }).click()
  await page.getByRole('region', { name: '客户' }).waitFor({ state: 'detached' })
  const { searchParams } = new URL(page.url())
  expect([searchParams.get('q'), searchParams.get('object')]).toEqual(['澜沧', 'contact'])
  await page.reload()
  await page.getByRole('region', { name: '联系人' }).getByRole('link').first().waitFor()
  expect(await violations(page)).toEqual([])
  await goto(`/search?q=${unique('没有这样的东西').replace(' ', '')}`)
  await page.getByText('换一个词试试').waitFor()
})
