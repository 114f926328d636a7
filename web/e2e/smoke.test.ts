// The way of one deal through form, list, board and record page: what every database engine must carry.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, open, unique } from './app.ts'

const name = unique('一笔交易')
let app: App

beforeAll(async () => {
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

it('is made in a form, and found in the list', async () => {
  const { page, goto } = app
  await goto('/o/opportunity')
  await page.getByRole('button', { name: '新建商机' }).first().click()
  const dialog = page.getByRole('dialog', { name: '新建商机' })
  await dialog.getByLabel('商机名称').fill(name)
  await dialog.getByLabel('金额').fill('32000.5')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await goto('/o/opportunity')
  await page.getByRole('searchbox', { name: '搜索商机' }).fill(name)
  await page.getByRole('status').getByText('共 1 条', { exact: true }).waitFor()
  await page.getByRole('row', { name }).getByText('¥32,000.50').waitFor()
})

it('is moved on the board, and back', async () => {
  const { page } = app
  await page.getByRole('button', { name: '看板', exact: true }).click()
  await page.getByRole('button', { name: `移动到… ${name}` }).click()
  await page.getByRole('menuitemradio', { name: '方案报价' }).click()
  const proposal = page.getByRole('region', { name: '方案报价，1 条' })
  await proposal.getByText('¥3.2万').waitFor()
  await page.getByRole('button', { name: '撤销', exact: true }).click()
  await page.getByRole('region', { name: '方案报价，0 条' }).waitFor()
})

it('is changed on its page, which tells so', async () => {
  const { page } = app
  await page
    .getByRole('article', { name: `${name} 卡片` })
    .getByRole('link', { name })
    .click()
  await page.getByRole('button', { name: '编辑下一步' }).click()
  await page.getByRole('textbox', { name: '下一步' }).fill('约见客户')
  await page.getByRole('textbox', { name: '下一步' }).press('Control+Enter')
  await page.getByRole('status').getByText('已保存').waitFor()
  await page.locator('.timeline-items').getByText('约见客户').waitFor()
  const q = `SELECT next_step FROM opportunity WHERE name = '${name}'`
  const answer = await api<{ records: unknown[] }>('POST', '/query', { q })
  expect(answer.records).toMatchObject([{ next_step: '约见客户' }])
})
