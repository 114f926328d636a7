// The calendar of any object with dates: month, week and day, moving by menu, keys and dragging, one filter for all layouts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('日历')
const search = (part: Record<string, unknown>) =>
  Object.entries({ q: mark, kind: 'calendar', ...part })
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(typeof value === 'string' && key !== 'q' ? value : JSON.stringify(value))}`,
    )
    .join('&')
const deals = `/o/opportunity?${search({ date: 'close_date', day: '2026-03-10' })}`
let app: App
let deal: { id: string }
let meeting: { id: string }

beforeAll(async () => {
  deal = await create('opportunity', { name: `${mark} 甲`, stage: 'proposal', close_date: '2026-03-11' })
  await create('opportunity', { name: `${mark} 乙`, stage: 'proposal', close_date: '2026-04-20' })
  // Half past midnight in Shanghai, the day before in UTC.
  meeting = await create('meeting', { name: `${mark} 会`, start_at: '2026-03-10T16:30:00Z' })
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const day = (date: string) => app.page.getByRole('region', { name: new RegExp(`^${date}，`) })
const entry = (date: string) => day(date).getByRole('button', { name: `${mark} 甲`, exact: true })
const dateOf = async () =>
  (await api<{ close_date: string }>('GET', `/records/opportunity/${deal.id}`)).close_date

it('shows the records of a month, reads no others, and keeps the filter in the table', async () => {
  const { page, goto } = app
  await goto(deals)
  await entry('2026年3月11日').waitFor()
  expect(await page.getByText(`${mark} 乙`).count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: '下一页' }).click()
  await day('2026年4月20日').getByText(`${mark} 乙`).waitFor()
  await page.getByRole('button', { name: '列表', exact: true }).click()
  await page.getByRole('status').getByText('共 2 条', { exact: true }).waitFor()
  await page.getByRole('button', { name: '日历', exact: true }).click()
  await day('2026年4月20日').getByText(`${mark} 乙`).waitFor()
})

it('moves a record by its menu, back by undo, and by Alt with an arrow key', async () => {
  const { page, goto } = app
  await goto(deals)
  await entry('2026年3月11日').waitFor()
  await page.getByRole('button', { name: `移动 ${mark} 甲` }).press('Enter')
  await page.getByLabel('新日期').fill('2026-03-13')
  await page.keyboard.press('Enter')
  await entry('2026年3月13日').waitFor()
  await expect.poll(dateOf).toBe('2026-03-13')
  await page.getByRole('button', { name: '撤销', exact: true }).last().click()
  await entry('2026年3月11日').waitFor()
  await expect.poll(dateOf).toBe('2026-03-11')
  await entry('2026年3月11日').press('Alt+ArrowRight')
  await entry('2026年3月12日').waitFor()
  await expect.poll(dateOf).toBe('2026-03-12')
})

it('moves a record by dragging', async () => {
  const { page, goto } = app
  await goto(deals)
  const from = await entry('2026年3月12日').boundingBox()
  const to = await day('2026年3月19日').boundingBox()
  if (!from || !to) throw new Error('nothing to drag')
  await page.mouse.move(from.x + 20, from.y + 10)
  await page.mouse.down()
  await page.mouse.move(from.x + 30, from.y + 20, { steps: 5 })
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 })
  await page.waitForTimeout(150)
  await page.mouse.up()
  await entry('2026年3月19日').waitFor()
  await expect.poll(dateOf).toBe('2026-03-19')
})

it('puts times on the day of the user’s time zone, and keeps the time when the day changes', async () => {
  const { page, goto } = app
  await goto(`/o/meeting?${search({ date: 'start_at', day: '2026-03-11', span: 'week' })}`)
  const there = day('2026年3月11日').getByRole('button', { name: new RegExp(`00:30.*${mark} 会`) })
  await there.waitFor()
  await there.press('Alt+ArrowRight')
  await day('2026年3月12日').getByText(`${mark} 会`).waitFor()
  await expect
    .poll(async () => (await api<{ start_at: string }>('GET', `/records/meeting/${meeting.id}`)).start_at)
    .toMatch(/^2026-03-11T16:30:00/)
  await page.getByRole('button', { name: '日', exact: true }).click()
  await page.getByText('这段时间').or(day('2026年3月11日')).first().waitFor()
  expect(await violations(page)).toEqual([])
})

it('is kept as a view', async () => {
  const { page, goto } = app
  const name = unique('日历视图')
  await goto(`/o/opportunity?kind=calendar&day=2026-03-10&date=close_date`)
  await page.getByRole('button', { name: '保存视图' }).click()
  await page.getByLabel('视图名称').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: `视图: ${name}` }).waitFor()
  await page.reload()
  await page.getByRole('region', { name: /^商机日历，/ }).waitFor()
})
