// An administrator looks as another user does: sees what the user sees, changes nothing, leaves nothing with the user, and comes back.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const shots = process.env.E2E_SHOTS
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
}

const mark = unique('预览')
const email = `previewed${mark.replace(/\D/g, '')}@example.com`
const password = 'a password of the team'
const name = `销售 ${mark}`
let user: string
let account: string
let before: string

beforeAll(async () => {
  user = (await create('user', { name, email, role: 'standard' })).id
  await api('PUT', `/users/${user}/password`, { password })
  account = (await create('account', { name: `客户 ${mark}`, owner_id: user })).id
  await create('account', { name: `别人的客户 ${mark}` })
  type Current = { user: { organisation: { record_scope: string } } }
  before = (await api<Current>('GET', '/sessions/current')).user.organisation.record_scope
  await api('PATCH', '/organisation', { record_scope: 'own' })
})
afterAll(async () => {
  if (before) await api('PATCH', '/organisation', { record_scope: before })
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  await closeBrowser()
})

async function clean({ page }: App) {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
}

/** The writes that the browser sends from now on. */
function writesOf(page: Page): string[] {
  const writes: string[] = []
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname
    if (request.method() !== 'GET' && path !== '/api/v1/query') writes.push(`${request.method()} ${path}`)
  })
  return writes
}

it('sees what the user sees, and changes nothing', async () => {
  const admin = await open()
  const { page } = admin
  await admin.goto(`/o/user/${user}`)
  await page.getByRole('button', { name: '更多操作' }).first().click()
  await page.getByRole('menuitem', { name: '以此用户身份查看' }).click()
  const dialog = page.getByRole('dialog', { name: `以${name}的身份查看？` })
  await clean(admin)
  await shot(page, 'preview_dialog')
  await dialog.getByRole('button', { name: '开始预览' }).click()
  const bar = page.getByRole('status').filter({ hasText: `您正以${name}的身份查看（只读）` })
  await bar.waitFor()
  const writes = writesOf(page)
  await page.locator('.home').waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
  await clean(admin)
  await shot(page, 'preview_home')
  // The tour for new users is the user's.
  expect(await page.getByText('快速了解').count()).toBe(0)

  await admin.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await page.getByRole('link', { name: `客户 ${mark}`, exact: true }).waitFor()
  expect(await page.getByRole('link', { name: `别人的客户 ${mark}` }).count()).toBe(0)
  await page.getByRole('link', { name: `客户 ${mark}`, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: `客户 ${mark}` }).waitFor()
  await bar.waitFor()
  // What the product remembers of a look at a record is not noted.
  await page.waitForTimeout(2_500)
  await page.getByRole('button', { name: /^通知/ }).click()
  await page.getByRole('heading', { name: '通知' }).waitFor()
  const [told] = await page.locator('.notification').all()
  await told?.click()
  await page.keyboard.press('Escape')
  expect(writes).toEqual([])
  expect(await page.getByRole('alert').count()).toBe(0)
  await clean(admin)
  expect(await page.getByRole('link', { name: '审计日志' }).count()).toBe(0)
  expect(admin.complaints).toEqual([])

  await admin.goto(`/o/account/${account}`)
  await page.getByRole('heading', { level: 1, name: `客户 ${mark}` }).waitFor()
  expect(await page.getByRole('button', { name: '编辑', exact: true }).count()).toBe(0)
  await shot(page, 'preview_record')
  await admin.goto('/settings')
  await page.getByRole('button', { name: '紧凑' }).click()
  await page.getByText('您正在以他人身份预览，不能更改任何内容').waitFor()
  expect(await page.getByText('设置已保存').count()).toBe(0)

  await bar.getByRole('button', { name: '结束预览' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  expect(await bar.count()).toBe(0)
  await admin.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await page.getByRole('link', { name: `别人的客户 ${mark}` }).waitFor()
  // The refusal on purpose is the only complaint.
  expect(admin.complaints.filter((text) => !text.includes('403'))).toEqual([])
  await admin.close()
})

it('shows the same in the other tabs of the browser', async () => {
  const admin = await open()
  const other = await admin.context.newPage()
  await other.goto('/')
  await other.locator('.home').waitFor()
  await admin.goto(`/o/user/${user}`)
  await admin.page.getByRole('button', { name: '更多操作' }).first().click()
  await admin.page.getByRole('menuitem', { name: '以此用户身份查看' }).click()
  await admin.page.getByRole('button', { name: '开始预览' }).click()
  await admin.page.getByText(`您正以${name}的身份查看（只读）`).waitFor()
  await other.bringToFront()
  await other.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await other.getByText(`您正以${name}的身份查看（只读）`).waitFor()
  await other.getByRole('button', { name: '结束预览' }).click()
  await other.getByRole('heading', { level: 1, name }).waitFor()
  expect(admin.complaints).toEqual([])
  await admin.close()
})

it('asks who sits there, in English; fits on a phone and in the dark', async () => {
  await api('PATCH', `/records/user/${user}`, { language: 'en' })
  const phone = await open({ phone: true, language: 'en', theme: 'dark' })
  const { page } = phone
  // As if a quarter of an hour had gone by.
  let refused = 0
  await page.route('**/api/v1/sessions/current/preview', async (route) => {
    if (route.request().method() !== 'PUT' || refused > 0) return route.continue()
    refused += 1
    await route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'step_up_required', status: 403, title: '', detail: '', messages: {} }),
    })
  })
  await phone.goto(`/o/user/${user}`)
  await page.getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'View as this user' }).click()
  await page.getByRole('button', { name: 'Begin preview' }).click()
  const asking = page.getByRole('dialog', { name: 'Is it you?' })
  await asking.getByLabel('Password').fill(inject('password'))
  await asking.getByRole('button', { name: 'Confirm' }).click()
  const bar = page.getByRole('status').filter({ hasText: `You are looking as ${name} (read-only)` })
  await bar.waitFor()
  expect(refused).toBe(1)
  for (const path of ['/', '/o/account', `/o/account/${account}`, '/settings', '/search']) {
    await phone.goto(path)
    await bar.waitFor()
    await page.waitForLoadState('networkidle')
    await clean(phone)
    const box = await bar.boundingBox()
    expect(box?.y).toBe(0)
    const last = await page.getByRole('navigation').last().boundingBox()
    expect(Math.round((last?.y ?? 0) + (last?.height ?? 0))).toBe(844)
  }
  await phone.goto(`/o/account/${account}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await bar.waitFor()
  await shot(page, 'preview_phone')
  await bar.getByRole('button', { name: 'End preview' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  expect(await bar.count()).toBe(0)
  await phone.close()
})

it('is no matter of those who are no administrators, nor of oneself', async () => {
  const seller = await openOutside()
  await seller.goto('/')
  await signIn(seller, email, password).catch(() => {})
  await seller.page.locator('.home').waitFor()
  await seller.goto(`/o/user/${user}`)
  await seller.page.getByRole('button', { name: 'More actions' }).first().click()
  await seller.page.getByRole('menuitem', { name: 'Print' }).waitFor()
  expect(await seller.page.getByRole('menuitem', { name: 'View as this user' }).count()).toBe(0)
  await seller.close()
})
