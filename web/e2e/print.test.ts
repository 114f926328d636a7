// Paper: a record page and a list without what is there to be pressed, black on white from the dark theme too, within A4.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type App, closeBrowser, create, open, unique } from './app.ts'

const name = unique('打印客户')
let app: App
let id: string
beforeAll(async () => {
  id = (await create('account', { name, phone: '13800138000' })).id
  app = await open({ theme: 'dark' })
})
afterEach(() => expect(app.complaints).toEqual([]))
afterAll(closeBrowser)

/** The text that is printed, in the widths of an A4 page. */
async function printed() {
  const { page } = app
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 703, height: 1000 })
  const text = await page.locator('body').innerText()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  const colour = await page.evaluate(() => getComputedStyle(document.body).color)
  const pdf = await page.pdf({ format: 'A4' })
  await page.emulateMedia({ media: 'screen' })
  await page.setViewportSize({ width: 1440, height: 900 })
  return { text, wide, colour, pdf }
}

it('prints a record page', async () => {
  const { page, goto } = app
  await goto(`/o/account/${id}`)
  await page.getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '打印此页' }).waitFor()
  await page.keyboard.press('Escape')
  const { text, wide, colour, pdf } = await printed()
  expect(text).toContain(name)
  expect(text).toMatch(/138 ?0013 ?8000/)
  for (const word of ['首页', '编辑', '添加记录', '管理员 demo']) expect(text).not.toContain(word)
  expect(colour).toBe('rgb(0, 0, 0)')
  expect(wide).toBeLessThanOrEqual(0)
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
})

it('prints a list', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(name)}`)
  await page.getByRole('link', { name }).first().waitFor()
  const { text, wide } = await printed()
  expect(text).toContain(name)
  for (const word of ['首页', '筛选', '新建客户']) expect(text).not.toContain(word)
  expect(wide).toBeLessThanOrEqual(0)
})
