// The phone: a bar at the bottom, lists as cards, targets that a thumb can hit, nothing wider than the screen.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

const name = unique('手机客户')
let app: App
let id: string

beforeAll(async () => {
  id = (await create('account', { name, phone: '13800138000' })).id
  app = await open({ phone: true })
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

/** Buttons, links and boxes in view that are smaller than 44 px where a thumb would aim for them. */
const small = () =>
  app.page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll<HTMLElement>(
        '.bottom-bar a, .bottom-bar button, main .btn, main input:not([type=checkbox]), .record-card, .tab',
      ),
    ]
    return targets
      .filter((element) => element.offsetParent !== null && !element.classList.contains('sr-only'))
      .filter((element) => element.getBoundingClientRect().height < 43.5)
      .map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().height}`)
  })
const overflow = () => app.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

it('shows a list as cards and goes by the bottom bar', async () => {
  const { page } = app
  await page.getByRole('navigation').getByRole('link', { name: '客户' }).click()
  await page.getByRole('searchbox', { name: '搜索客户' }).fill(name)
  await page.getByRole('link', { name: new RegExp(name) }).waitFor()
  expect(await page.getByRole('grid').count()).toBe(0)
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.getByRole('link', { name: new RegExp(name) }).click()
  await page.getByRole('tab', { name: '详细信息' }).waitFor()
})

it('shows a record in tabs, and the form over the whole screen', async () => {
  const { page } = app
  await app.goto(`/o/account/${id}`)
  await page.getByRole('tab', { name: '动态' }).click()
  await page.getByRole('form', { name: '添加动态' }).waitFor()
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  await page.getByRole('dialog').getByLabel('客户名称').waitFor()
  expect(await overflow()).toBe(0)
  await page.keyboard.press('Escape')
})

it('shows the current stage of a path that is wider than the screen', async () => {
  const { page } = app
  const deal = await create('opportunity', { name: unique('手机商机'), stage: 'negotiation' })
  await app.goto(`/o/opportunity/${deal.id}`)
  const stage = page.getByRole('button', { name: '当前阶段 商务谈判' })
  await stage.waitFor()
  await expect
    .poll(async () => {
      const box = await stage.boundingBox()
      return box !== null && box.x >= 0 && box.x + box.width <= 390
    })
    .toBe(true)
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
})

it('reaches everything behind "more"', async () => {
  const { page } = app
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('dialog', { name: '更多' }).getByRole('link', { name: '回收站' }).click()
  await page.getByRole('heading', { level: 1, name: '回收站' }).waitFor()
  expect(await overflow()).toBe(0)
})
