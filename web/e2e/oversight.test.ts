// What administrators oversee: the tokens of all users, who reads sensitive records, and what the audit log calls the nameless.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

const shots = process.env.E2E_SHOTS
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
}

const mark = unique('监督')
const email = `overseen${mark.replace(/\D/g, '')}@example.com`
const password = 'a password of the team'
const name = `销售 ${mark}`
let admin: App
let asset: string

async function as(token: string | undefined, method: string, path: string, body?: unknown) {
  const headers = {
    'Content-Type': 'application/json',
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  }
  const answer = await fetch(`${inject('url')}/api/v1${path}`, {
    method,
    headers,
    body: body ? JSON.stringify(body) : undefined,
  })
  return { status: answer.status, body: (await answer.json().catch(() => null)) as Record<string, string> }
}

let token: string

beforeAll(async () => {
  const { id } = await create('user', { name, email, role: 'standard' })
  await api('PUT', `/users/${id}/password`, { password })
  const session = (await as(undefined, 'POST', '/sessions', { email, password })).body.token
  const body = { name: `报表 ${mark}`, write: false, objects: ['account'], expires_in_days: 30 }
  token = (await as(session, 'POST', '/tokens', body)).body.token ?? ''
  asset = (await create('asset', { name: `设备 ${mark}` })).id
  admin = await open()
})
afterAll(async () => {
  await api('PATCH', '/objects/asset', { sensitive: false })
  expect(admin?.complaints).toEqual([])
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  await closeBrowser()
})

async function clean({ page }: App) {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
}

it('lists the tokens of all users, and revokes one', async () => {
  const { page } = admin
  expect((await as(token, 'GET', '/records/account')).status).toBe(200)
  await admin.goto('/settings')
  await page.getByRole('link', { name: '所有用户的令牌' }).click()
  await page.getByRole('heading', { level: 1, name: '所有用户的令牌' }).waitFor()
  const row = page.getByRole('listitem').filter({ hasText: `报表 ${mark}` })
  await row.getByRole('link', { name: `代表${name}` }).waitFor()
  for (const text of ['只读', '客户', /到期/, /上次使用/]) await row.getByText(text).first().waitFor()
  await clean(admin)
  await shot(page, 'tokens_all')
  const phone = await open({ phone: true, language: 'en', theme: 'dark' })
  await phone.goto('/settings/tokens')
  await phone.page.getByRole('link', { name: `For ${name}` }).waitFor()
  await clean(phone)
  await shot(phone.page, 'tokens_all_phone_dark')
  await phone.close()
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  await row.getByRole('button', { name: `吊销令牌：报表 ${mark}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '吊销' }).click()
  await page.getByRole('status').getByText(`已吊销令牌：报表 ${mark}`).waitFor()
  await expect.poll(() => row.count()).toBe(0)
  expect((await as(token, 'GET', '/records/account')).status).toBe(401)
})

it('notes who reads the records of a sensitive object', async () => {
  const { page } = admin
  await admin.goto('/settings/sharing/asset')
  const sensitive = page.getByRole('switch', { name: '敏感：记录谁查看过' })
  expect(await sensitive.isChecked()).toBe(false)
  await sensitive.check()
  await page.getByRole('status').getByText('已保存，立即生效').waitFor()
  await expect.poll(() => sensitive.isChecked()).toBe(true)
  await page.getByRole('region', { name: '查看记录的审计' }).scrollIntoViewIfNeeded()
  await clean(admin)
  await shot(page, 'sharing_sensitive')
  await admin.goto(`/o/asset/${asset}`)
  await page.getByRole('heading', { level: 1, name: `设备 ${mark}` }).waitFor()
  await admin.goto('/settings/audit?kind=read')
  const row = page.getByRole('row').filter({ hasText: `设备 ${mark}` })
  await expect
    .poll(
      async () => {
        await page.reload()
        await page.getByRole('heading', { name: '审计日志' }).waitFor()
        await page.waitForLoadState('networkidle')
        return row.count()
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0)
  // What only administrators write is not shared, but can be sensitive.
  await admin.goto('/settings/sharing')
  await page.getByRole('searchbox', { name: '搜索对象' }).fill('position')
  await page.getByRole('link', { name: '岗位', exact: true }).click()
  await page.getByText('由管理员维护，不能共享').waitFor()
  expect(await sensitive.isChecked()).toBe(false)
  await clean(admin)
})

it('calls the product the system, and a note by its text', async () => {
  const { page } = admin
  const { id } = await create('note', { body: `写下的话 ${mark}`, related_to_id: asset })
  await admin.goto(`/settings/audit?record=${id}`)
  await expect
    .poll(
      async () => {
        await page.reload()
        await page.getByRole('heading', { name: '审计日志' }).waitFor()
        await page.waitForLoadState('networkidle')
        return page.getByRole('cell', { name: `备注 · 写下的话 ${mark}` }).count()
      },
      { timeout: 60_000 },
    )
    .toBe(1)
  await page.getByRole('button', { name: /^新建，/ }).click()
  await page.getByRole('dialog').getByText(`写下的话 ${mark} · ${id}`).waitFor()
  await clean(admin)
  await page.keyboard.press('Escape')
  // The log begins with the product's own settings.
  await admin.goto('/settings/audit?kind=schema')
  await page.getByRole('row').nth(1).waitFor()
  await page
    .getByRole('button', { name: /^设置或权限变更，系统，/ })
    .first()
    .waitFor()
  await clean(admin)
  await shot(page, 'audit_system')
  for (const [kind, text] of [
    ['preview_begin', '开始以他人身份查看'],
    ['preview_end', '结束以他人身份查看'],
  ] as const) {
    await page.getByLabel('事件', { exact: true }).selectOption({ label: text })
    expect(page.url()).toContain(`kind=${kind}`)
  }
})
