// Queues: made in the settings, records in them, taken by one of those who serve them.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const shots = process.env.E2E_SHOTS
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

const mark = unique('队列')
const password = 'a password of the team'
const email = (name: string) => `${name}${mark.replace(/\W/g, '')}@example.com`
const queue = `新线索 ${mark}`
const names = { seller: `销售 ${mark}`, other: `别人 ${mark}` }
type Who = keyof typeof names
let team: string
let admin: App
let before: string
const apps: App[] = []

beforeAll(async () => {
  team = (await create('team', { name: `华东团队 ${mark}` })).id
  for (const who of ['seller', 'other'] as const) {
    const team_id = who === 'seller' ? team : null
    const { id } = await create('user', { name: names[who], email: email(who), role: 'standard', team_id })
    await api('PUT', `/users/${id}/password`, { password })
  }
  type Current = { user: { organisation: { record_scope: string } } }
  before = (await api<Current>('GET', '/sessions/current')).user.organisation.record_scope
  await api('PATCH', '/organisation', { record_scope: 'own' })
  admin = await enterAdmin()
})
afterAll(async () => {
  if (before) await api('PATCH', '/organisation', { record_scope: before })
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  for (const app of apps) expect(app.complaints).toEqual([])
  await closeBrowser()
})

async function enterAdmin(look: Parameters<typeof open>[0] = {}): Promise<App> {
  const app = await open(look)
  apps.push(app)
  return app
}

async function enter(who: Who): Promise<App> {
  const app = await openOutside()
  apps.push(app)
  await app.goto('/')
  await signIn(app, email(who), password)
  return app
}

async function clean({ page }: App) {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
}

it('has a queue made that a team serves', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('link', { name: '队列' }).click()
  await page.getByRole('heading', { level: 1, name: '队列' }).waitFor()
  await page.getByRole('button', { name: '新建队列' }).click()
  const dialog = page.getByRole('dialog', { name: '新建队列' })
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await dialog.getByText('请填写名称').waitFor()
  await dialog.getByLabel('名称').fill(queue)
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await dialog.getByText('请选择由谁处理').waitFor()
  await clean(admin)
  await dialog.getByRole('combobox', { name: '由谁处理' }).fill(names.seller)
  await page.getByRole('option', { name: names.seller }).click()
  await shot(page, 'queue_dialog')
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  const row = page.getByRole('listitem').filter({ hasText: queue })
  await row.getByText(`由${names.seller}处理（用户）`).waitFor()

  await row.getByRole('button', { name: `修改队列“${queue}”` }).click()
  const edit = page.getByRole('dialog', { name: `修改队列“${queue}”` })
  await edit.getByRole('combobox', { name: '由谁处理' }).fill(`华东团队 ${mark}`)
  await page.getByRole('option', { name: `华东团队 ${mark}` }).click()
  await edit.getByRole('button', { name: '保存', exact: true }).click()
  await row.getByText(`由华东团队 ${mark}处理（团队）`).waitFor()
  await clean(admin)
  await shot(page, 'queues')
})

it('lets one of the team take what is in it, and nobody else see it', async () => {
  const { page } = admin
  const { id } = await create('lead', { name: `线索 ${mark}` })
  await admin.goto(`/o/lead/${id}`)
  await page.getByRole('button', { name: '编辑负责人' }).first().click()
  const box = page.getByRole('combobox', { name: '负责人' })
  await box.fill(queue)
  await page.getByRole('option', { name: queue }).click()
  await box.press('Enter')
  await page.getByText(`在队列“${queue}”中`).waitFor()

  const other = await enter('other')
  await other.goto(`/o/lead/${id}`)
  await other.page.getByRole('heading', { name: '找不到这条记录' }).waitFor()

  const seller = await enter('seller')
  await seller.goto(`/o/lead/${id}`)
  await seller.page.getByText(`在队列“${queue}”中`).waitFor()
  await clean(seller)
  await shot(seller.page, 'queue_waiting')
  // Somebody else was faster with another field: the record is shown again before it is taken.
  await api('PATCH', `/records/lead/${id}`, { company: `公司 ${mark}` })
  await seller.page.route(`**/api/v1/records/lead/${id}*`, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue()
    const headers = { ...route.request().headers(), 'if-match': '"1"' }
    await route.continue({ headers })
  })
  await seller.page.getByRole('button', { name: '领取' }).click()
  await seller.page.getByText('别人刚刚修改了这条记录').waitFor()
  await seller.page.unroute(`**/api/v1/records/lead/${id}*`)
  await seller.page.getByRole('button', { name: '领取' }).click()
  await seller.page.getByRole('status').getByText(`已领取“线索 ${mark}”`).waitFor()
  await expect.poll(() => seller.page.getByRole('button', { name: '领取' }).count()).toBe(0)
  await seller.page
    .getByRole('group', { name: '概要' })
    .or(seller.page.locator('.record-head'))
    .getByText(names.seller)
    .first()
    .waitFor()
  await clean(seller)
  // The timeline names who had it and who has it now.
  await seller.page.getByText(`从“${queue}”改为“${names.seller}”`).waitFor()
  // It can be put back.
  await seller.page.getByRole('status').getByRole('button', { name: '撤销' }).first().click()
  await seller.page.getByText(`在队列“${queue}”中`).waitFor()
})

it('tells in English, in the dark and on a phone, and is deleted once it is empty', async () => {
  const phone = await open({ language: 'en', theme: 'dark', phone: true })
  const { page } = phone
  type Rows = { records: Array<{ id: string }> }
  const { records } = await api<Rows>('POST', '/query', {
    q: `SELECT id FROM lead WHERE name = '线索 ${mark}'`,
  })
  const id = records[0]?.id
  await phone.goto(`/o/lead/${id}`)
  await page.getByText(`In the queue “${queue}”`).waitFor()
  await clean(phone)
  await shot(page, 'queue_waiting_phone_dark')
  await phone.goto('/settings/queues')
  const remove = async () => {
    await page.getByRole('button', { name: `Delete the queue “${queue}”` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  }
  await remove()
  await page.getByText(/still refer to this record/).waitFor()
  await clean(phone)
  await shot(page, 'queues_phone_dark')
  await phone.goto(`/o/lead/${id}`)
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await expect.poll(() => page.getByText(`In the queue “${queue}”`).count()).toBe(0)
  await phone.goto('/settings/queues')
  await remove()
  await expect.poll(() => page.getByRole('link', { name: queue }).count()).toBe(0)
  // The server said once that the queue is still in use.
  expect(phone.complaints.filter((text) => !text.includes('409'))).toEqual([])
})
