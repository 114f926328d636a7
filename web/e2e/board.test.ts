// The board: totals, moving by menu and by dragging, undo, and the filter that it shares with the table.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'

const mark = unique('看板')
const board = `/o/opportunity?view=opportunity.board&q=${encodeURIComponent(JSON.stringify(mark))}`
let app: App
let first: { id: string }

beforeAll(async () => {
  first = await create('opportunity', { name: `${mark} A`, stage: 'prospecting', amount: '32000' })
  await create('opportunity', { name: `${mark} B`, stage: 'prospecting', amount: '1000.5' })
  await create('opportunity', { name: `${mark} C`, stage: 'won', amount: '250000000' })
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const column = (name: string) => app.page.getByRole('region', { name: new RegExp(`^${name}，`) })
const card = (name: string) => app.page.getByRole('article', { name: `${name} 卡片` })
const stageOf = async (id: string) =>
  (await api<{ stage: string }>('GET', `/records/opportunity/${id}`)).stage

it('shows counts and sums of its columns, in 万 and 亿 with the exact sum on hover', async () => {
  await app.goto(board)
  await column('初步接洽').getByText('¥3.3万').waitFor()
  expect(await column('初步接洽').getByText('¥3.3万').getAttribute('title')).toBe('¥33,000.50')
  await column('赢单').getByText('¥2.5亿').waitFor()
  await app.page.getByRole('region', { name: '初步接洽，2 条' }).waitFor()
})

it('moves a card by its menu, and back by undo', async () => {
  const { page } = app
  await app.goto(board)
  await page.getByRole('button', { name: `移动到… ${mark} A` }).press('Enter')
  await page.getByRole('menuitemradio', { name: '方案报价' }).press('Enter')
  await column('方案报价')
    .getByRole('article', { name: `${mark} A 卡片` })
    .waitFor()
  await page.getByRole('status').getByText('已移动到 方案报价').waitFor()
  await expect.poll(() => stageOf(first.id)).toBe('proposal')
  await page.getByRole('button', { name: '撤销', exact: true }).click()
  await column('初步接洽')
    .getByRole('article', { name: `${mark} A 卡片` })
    .waitFor()
  await expect.poll(() => stageOf(first.id)).toBe('prospecting')
})

it('moves a card by dragging', async () => {
  const { page } = app
  await app.goto(board)
  await card(`${mark} A`).waitFor()
  const from = await card(`${mark} A`).boundingBox()
  const to = await column('需求确认').boundingBox()
  if (!from || !to) throw new Error('nothing to drag')
  await page.mouse.move(from.x + 60, from.y + from.height - 10)
  await page.mouse.down()
  await page.mouse.move(from.x + 80, from.y + from.height, { steps: 5 })
  await page.mouse.move(to.x + to.width / 2, to.y + 140, { steps: 15 })
  await page.waitForTimeout(150)
  await page.mouse.up()
  await column('需求确认')
    .getByRole('article', { name: `${mark} A 卡片` })
    .waitFor()
  await expect.poll(() => stageOf(first.id)).toBe('engaging')
})

it('puts the card back, with the reason, when the server refuses', async () => {
  const { page } = app
  await app.goto(board)
  await card(`${mark} B`).waitFor()
  await page.route('**/api/v1/records/opportunity/*', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        type: 'x',
        title: '不行',
        status: 422,
        code: 'validation',
        detail: '阶段规则不允许',
      }),
    }),
  )
  await page.getByRole('button', { name: `移动到… ${mark} B` }).click()
  await page.getByRole('menuitemradio', { name: '赢单' }).click()
  await page.getByRole('alert').getByText('阶段规则不允许').waitFor()
  await page.unroute('**/api/v1/records/opportunity/*')
  await column('初步接洽')
    .getByRole('article', { name: `${mark} B 卡片` })
    .waitFor()
})

it('keeps the filter between table and board', async () => {
  const { page } = app
  await app.goto(board)
  await card(`${mark} B`).waitFor()
  await page.getByRole('button', { name: '列表', exact: true }).click()
  await page.getByRole('status').getByText('共 3 条').waitFor()
  await page.getByRole('button', { name: '看板', exact: true }).click()
  await card(`${mark} B`).waitFor()
})

it('sets the stage on the record’s path', async () => {
  const { page } = app
  await app.goto(`/o/opportunity/${first.id}`)
  await page.getByRole('button', { name: '切换到阶段 商务谈判' }).click()
  await page.getByRole('button', { name: '当前阶段 商务谈判' }).waitFor()
  await expect.poll(() => stageOf(first.id)).toBe('negotiation')
})
