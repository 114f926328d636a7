// What others do shows by itself, within two seconds, in lists, boards, record pages, the peek and the timeline; and never under
// the hands of somebody who is editing.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

/** As long as a change of others may take to be seen, in milliseconds. */
const limit = 2_000
let app: App
let account: string
const name = unique('实时客户')

beforeAll(async () => {
  account = (await create('account', { name })).id
  app = await open()
})
afterEach(() => expect(app.complaints).toEqual([]))
afterAll(closeBrowser)

/** How long it takes until what another session does is on screen, in milliseconds. */
async function seenAfter(act: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<number> {
  await app.page.waitForTimeout(1_500)
  const start = performance.now()
  await act()
  await seen()
  return performance.now() - start
}

it('shows new and changed rows of a list', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(name)}`)
  await page.getByRole('link', { name }).first().waitFor()
  await page.evaluate(() => Object.assign(window, { stillHere: true }))
  const renamed = `${name}（改名）`
  const changed = await seenAfter(
    () => api('PATCH', `/records/account/${account}`, { name: renamed }),
    () => page.getByRole('link', { name: renamed }).first().waitFor(),
  )
  const added = await seenAfter(
    () => create('account', { name: `${name} 二` }),
    () =>
      page
        .getByRole('link', { name: `${name} 二` })
        .first()
        .waitFor(),
  )
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true)
  console.log(`live update: row changed ${Math.round(changed)} ms, row added ${Math.round(added)} ms`)
})

it('does not move what one reads when rows come above it', async () => {
  const { page, goto } = app
  const mark = unique('不跳')
  const operations = Array.from({ length: 60 }, (_, index) => ({
    op: 'create',
    values: { name: `${mark} m${String(index).padStart(2, '0')}` },
  }))
  await api('POST', '/records/account/bulk', { operations, all_or_none: true })
  const sort = encodeURIComponent('[{"field":"name","desc":false}]')
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}&sort=${sort}`)
  const count = (number: number) =>
    page.getByRole('status').getByText(`共 ${number} 条`, { exact: true }).waitFor()
  await count(60)
  const region = page.getByRole('region', { name: '客户', exact: true })
  await region.evaluate((element) => element.scrollTo(0, 700))
  const row = page.getByRole('row', { name: `${mark} m25` })
  await row.waitFor()
  const place = async () => Number(await row.getAttribute('aria-rowindex'))
  const at = await place()
  const before = (await row.boundingBox())?.y
  await create('account', { name: `${mark} a` })
  await create('account', { name: `${mark} b` })
  await expect.poll(place).toBe(at + 2)
  expect((await row.boundingBox())?.y).toBe(before)
  const first = await region.evaluate((element) => {
    const edge = element.getBoundingClientRect().top
    const rows = [...element.querySelectorAll('.table-body-row')]
    const row = rows.find((row) => row.getBoundingClientRect().bottom > edge)
    return row?.querySelector('a')?.getAttribute('href')?.split('/').at(-1)
  })
  await api('DELETE', `/records/account/${first}`)
  await expect.poll(place).toBe(at + 1)
  expect((await row.boundingBox())?.y).toBe(before)
  await region.evaluate((element) => element.scrollTo(0, 0))
  await page.getByRole('row', { name: `${mark} a` }).waitFor()
})

it('does not move the cards that one reads on a phone either', async () => {
  const phone = await open({ phone: true })
  const { page } = phone
  const mark = unique('不跳')
  // Cards of different heights: some have a phone and a website to show.
  const operations = Array.from({ length: 60 }, (_, index) => ({
    op: 'create',
    values: {
      name: `${mark} m${String(index).padStart(2, '0')}`,
      ...(index % 3 === 0
        ? { phone: '13800138000', region: '华东地区的一个很长的名字，以至于要占去一行' }
        : {}),
    },
  }))
  await api('POST', '/records/account/bulk', { operations, all_or_none: true })
  const sort = encodeURIComponent('[{"field":"name","desc":false}]')
  await phone.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}&sort=${sort}`)
  const cards = page.locator('.cards-scroll')
  const count = (number: number) =>
    page.getByRole('status').getByText(`共 ${number} 条`, { exact: true }).waitFor()
  await count(60)
  await cards.evaluate((element) => element.scrollTo(0, 1_500))
  await page.waitForTimeout(500)
  /** The first card that is whole in view, and how far below the edge. */
  const first = () =>
    cards.evaluate((element) => {
      const edge = element.getBoundingClientRect().top
      const links = [...element.querySelectorAll<HTMLElement>('.card-item')]
      const card = links.find((item) => item.getBoundingClientRect().top > edge)
      const [, id = ''] = /account\/(\w+)/.exec(card?.querySelector('a')?.getAttribute('href') ?? '') ?? []
      return { id, name: card?.querySelector('strong')?.textContent ?? '' }
    })
  const top = async (name: string) => (await page.getByRole('link', { name }).first().boundingBox())?.y ?? -1
  const read = await first()
  const before = await top(read.name)
  expect(before).toBeGreaterThan(0)
  const stays = async () => expect(Math.abs((await top(read.name)) - before)).toBeLessThanOrEqual(1)
  const long = { phone: '13900139000', region: '很长的地区名字，也要占去一行，与别的卡片不一样高' }
  const { id } = await create('account', { name: `${mark} a`, ...long })
  for (const letter of 'bcdefgh') await create('account', { name: `${mark} ${letter}` })
  await count(68)
  await stays()
  // One above becomes another height, and goes.
  await api('PATCH', `/records/account/${id}`, { name: `${mark} a2`, region: null, phone: null })
  await page.waitForTimeout(limit)
  await stays()
  await api('DELETE', `/records/account/${id}`)
  await count(67)
  await stays()
  // What one reads changes where it is.
  await api('PATCH', `/records/account/${read.id}`, { classification: 'key' })
  await page.getByRole('link', { name: read.name }).getByText('重要客户').waitFor()
  await stays()
  await cards.evaluate((element) => element.scrollTo(0, 0))
  await page
    .getByRole('link', { name: `${mark} b` })
    .first()
    .waitFor()
  expect(phone.complaints).toEqual([])
  await phone.close()
})

it('shows in the peek, on the record page and on its timeline', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(name)}&peek=${account}`)
  const peek = page.getByRole('complementary', { name: /快速查看/ })
  await peek.waitFor()
  await seenAfter(
    () => api('PATCH', `/records/account/${account}`, { website: 'https://peek.example' }),
    () => peek.getByText('peek.example').first().waitFor(),
  )
  await goto(`/o/account/${account}`)
  await page.getByRole('form', { name: '添加动态' }).waitFor()
  await page.getByRole('textbox', { name: '内容' }).fill('还没写完')
  await seenAfter(
    () => create('note', { body: '来自同事的记录', related_to_id: account }),
    () => page.locator('.timeline-items').getByText('来自同事的记录').waitFor(),
  )
  expect(await page.getByRole('textbox', { name: '内容' }).inputValue()).toBe('还没写完')
})

it('moves a card of the board to its new column', async () => {
  const { page, goto } = app
  const deal = unique('实时商机')
  const { id } = await create('opportunity', { name: deal, amount: '5', stage: 'proposal' })
  await goto(`/o/opportunity?view=opportunity.board&q=${encodeURIComponent(deal)}`)
  await page.getByRole('region', { name: '方案报价，1 条' }).waitFor()
  await seenAfter(
    () => api('PATCH', `/records/opportunity/${id}`, { stage: 'negotiation' }),
    () => page.getByRole('region', { name: '商务谈判，1 条' }).getByText(deal).waitFor(),
  )
  await page.getByRole('region', { name: '方案报价，0 条' }).waitFor()
})

it('leaves a field that is being edited as it is, and shows the change afterwards', async () => {
  const { page, goto } = app
  await goto(`/o/account/${account}`)
  await page.getByRole('button', { name: '编辑网站' }).click()
  const box = page.locator('.inline-form input')
  await box.fill('https://mine.example')
  await api('PATCH', `/records/account/${account}`, { phone: '010-88886666' })
  await page.waitForTimeout(limit)
  expect(await box.inputValue()).toBe('https://mine.example')
  expect(await page.locator('.record-main').getByText('8888 6666').count()).toBe(0)
  await page.keyboard.press('Escape')
  await page
    .getByText(/8888.?6666/)
    .first()
    .waitFor()
})

it('needs one connection for all tabs, and goes on in the next tab when the first is closed', async () => {
  const { context, page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(name)}`)
  await page.waitForTimeout(1_500)
  const streams: string[] = []
  context.on('request', (request) => {
    if (request.url().includes('/api/v1/events')) streams.push(request.url())
  })
  const tabs: Page[] = []
  // One more than HTTP/1.1 has connections for.
  for (let index = 0; index < 7; index += 1) {
    const tab = await context.newPage()
    tabs.push(tab)
    await tab.goto(`/o/account?q=${encodeURIComponent(name)}`)
    await tab.getByRole('link', { name }).first().waitFor()
  }
  expect(streams).toEqual([])
  await page.goto('about:blank')
  await expect.poll(() => streams.length, { timeout: 15_000 }).toBe(1)
  const [last] = tabs.slice(-1)
  await last?.bringToFront()
  const renamed = unique('又改名')
  await api('PATCH', `/records/account/${account}`, { name: `${name} ${renamed}` })
  await last?.getByRole('link', { name: renamed }).first().waitFor()
  await Promise.all(tabs.map((tab) => tab.close()))
})

it('says that the server has a new version, but not in the middle of an edit', async () => {
  const { page, goto, context } = app
  const first = await context.newPage()
  await first.goto('/')
  await first.waitForTimeout(1_500)
  await goto(`/o/account/${account}`)
  await page.getByRole('button', { name: '编辑网站' }).click()
  const about = { version: '9.9.9', web_build: 'another', source_url: null }
  await context.route('**/api/v1/about', (route) => route.fulfill({ json: about }))
  // The stream is opened anew, as it is when the server has been started again.
  await first.close()
  const prompt = page.getByRole('status').getByText('系统已更新')
  await expect.poll(() => page.locator('.update-prompt').count(), { timeout: 15_000 }).toBe(1)
  expect(await prompt.isVisible()).toBe(false)
  await page.keyboard.press('Escape')
  await prompt.waitFor()
  expect(await violations(page)).toEqual([])
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('status').getByRole('button', { name: '刷新' }).click(),
  ])
  await context.unroute('**/api/v1/about')
})
