// The first page of the day for a salesperson, the shortcuts, density that goes with the user, and deals won by keys alone.
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const task = unique('回访')
const deal = unique('我的大单')
let app: App

beforeAll(async () => {
  // Longer overdue than anything that other tests leave behind: the page shows the first few.
  const long = '1999-01-04'
  await create('task', { name: task, due_date: long })
  await create('opportunity', { name: deal, amount: '1200000', stage: 'proposal', close_date: long })
  app = await open()
})
afterEach(() => expect(app.complaints).toEqual([]))
afterAll(closeBrowser)

it('shows what is to be done, what is to be won, and the figures that lead to the lists', async () => {
  const { page, goto } = app
  await goto('/')
  await page.getByRole('region', { name: '我的任务' }).getByRole('link', { name: task }).waitFor()
  await page.getByRole('region', { name: '我的商机' }).getByRole('link', { name: deal }).waitFor()
  expect(await violations(page)).toEqual([])
  await page
    .getByRole('list', { name: '今日数据' })
    .getByRole('link', { name: /已逾期/ })
    .click()
  await page.getByRole('heading', { level: 1, name: '任务' }).waitFor()
  await page.getByRole('link', { name: task }).first().waitFor()
})

it('remembers what was looked at, on another device too', async () => {
  const { page, goto } = app
  const { id } = await create('account', { name: unique('看过的客户') })
  const { name } = await api<{ name: string }>('GET', `/records/account/${id}`)
  await goto(`/o/account/${id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.waitForTimeout(1_500)
  const other = await open({ phone: true })
  await other.page.getByRole('region', { name: '最近查看' }).getByRole('link', { name }).waitFor()
  expect(await violations(other.page)).toEqual([])
  await other.close()
})

it('shows the shortcuts that work here, and goes by them', async () => {
  const { page, goto } = app
  await goto('/o/account')
  await page.getByRole('heading', { level: 1, name: '客户' }).waitFor()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: '键盘快捷键' })
  await help.getByText('打开命令面板').waitFor()
  await help.getByText('新建客户').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await page.getByRole('heading', { level: 1, name: '商机' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.getByRole('region', { name: '我的任务' }).waitFor()
})

it('creates a deal and wins it with the keyboard alone', async () => {
  const { page, goto } = app
  const name = unique('键盘商机')
  await goto('/o/opportunity')
  await page.getByRole('heading', { level: 1, name: '商机' }).waitFor()
  await page.keyboard.press('c')
  await page.getByRole('dialog', { name: '新建商机' }).getByLabel('商机名称').waitFor()
  await page.keyboard.type(name)
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('group', { name }).waitFor()
  await page.keyboard.type('yingdan')
  await page.getByRole('option', { name: /移动到“赢单”/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '当前阶段 赢单' }).waitFor()
  const q = `SELECT is_won FROM opportunity WHERE name = '${name}'`
  const { records } = await api<{ records: unknown[] }>('POST', '/query', { q })
  expect(records).toMatchObject([{ is_won: true }])
})

it('keeps the density with the user', async () => {
  const { page, goto } = app
  await goto('/settings')
  await page.getByRole('group', { name: '列表密度' }).getByRole('button', { name: '紧凑' }).click()
  await page.getByRole('status').getByText('设置已保存').waitFor()
  const other = await openOutside()
  await other.goto('/')
  await signIn(other, inject('email'), inject('password'))
  const density = () => other.page.evaluate(() => document.documentElement.dataset.density)
  await expect.poll(density, { timeout: 10_000 }).toBe('compact')
  await other.close()
  await api('PATCH', '/me', { density: 'comfortable' })
})
