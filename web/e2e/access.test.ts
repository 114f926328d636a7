// Why somebody can see a record, and where one is signed in.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('查看')
const password = 'a password of the team'
const email = (name: string) => `${name}${mark.replace(/\W/g, '')}@example.com`
const names = { owner: `负责人 ${mark}`, other: `同事 ${mark}` }
const account = `客户 ${mark}`
let ids: { owner: string; other: string; account: string }
const apps: App[] = []

beforeAll(async () => {
  const [owner, other] = [
    await create('user', { name: names.owner, email: email('owner'), role: 'standard' }),
    await create('user', { name: names.other, email: email('other'), role: 'standard' }),
  ]
  for (const { id } of [owner, other]) await api('PUT', `/users/${id}/password`, { password })
  const { id } = await create('account', { name: account, phone: '010-62345678', owner_id: owner.id })
  ids = { owner: owner.id, other: other.id, account: id }
})
afterAll(async () => {
  for (const app of apps) expect(app.complaints).toEqual([])
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  await closeBrowser()
})

/** Somebody of the team, in a browser of her own. */
async function enter(who: 'owner' | 'other', phone = false): Promise<App> {
  const app = await openOutside({ phone })
  apps.push(app)
  await app.goto('/')
  await signIn(app, email(who), password)
  return app
}

async function more({ page }: App, button: string, entry: string) {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
}

const fits = ({ page }: App) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth).then((over) => over <= 0)

it('says to an administrator what another may do with a record, and why', async () => {
  const admin = await open()
  apps.push(admin)
  const { page } = admin
  const scope = (record_scope: string) => api('PATCH', '/organisation', { record_scope })
  type Current = { user: { organisation: { record_scope: string } } }
  const { organisation } = (await api<Current>('GET', '/sessions/current')).user
  try {
    await scope('own')
    await admin.goto(`/o/account/${ids.account}`)
    await more(admin, '更多操作', '谁能看到')
    const dialog = page.getByRole('dialog', { name: `谁能看到“${account}”` })
    await dialog.getByText('选择一个用户').waitFor()
    await dialog.getByRole('combobox', { name: '用户' }).fill(names.other)
    await page.getByRole('option', { name: names.other, exact: true }).click()
    await dialog.getByRole('status').getByText(`${names.other}看不到这条记录。`).waitFor()
    await dialog.getByRole('definition').getByText(names.owner).waitFor()
    const steps = dialog.getByRole('region', { name: '原因', exact: true }).getByRole('listitem')
    await steps.filter({ hasText: '不给予权限：角色“标准用户”可查看“客户”：本人负责的记录' }).waitFor()
    await steps.filter({ hasText: `说明：负责人${names.owner}不在${names.other}的团队` }).waitFor()
    expect(await violations(page)).toEqual([])

    await scope('all')
    await dialog.getByLabel('字段（可选）').selectOption({ label: '电话' })
    await dialog.getByText(`${names.other}可以查看`).waitFor()
    await dialog.getByText('“电话”完整显示').waitFor()
    await dialog.getByRole('region', { name: '字段“电话”的原因' }).getByText('不限制此字段').waitFor()
    expect(await violations(page)).toEqual([])
  } finally {
    await scope(organisation.record_scope)
  }
})

it('says it in English and in the dark too, and errors in words', async () => {
  const admin = await open({ language: 'en', theme: 'dark' })
  const { page } = admin
  await admin.goto(`/o/account/${ids.account}`)
  await more(admin, 'More actions', 'Who can see this')
  const dialog = page.getByRole('dialog', { name: `Who can see “${account}”` })
  await dialog.getByRole('combobox', { name: 'User' }).fill(names.owner)
  await page.getByRole('option', { name: names.owner, exact: true }).click()
  await dialog.getByRole('status').getByText(`${names.owner} can read`).waitFor()
  await dialog.getByRole('listitem').getByText('The role “Standard user” may see').waitFor()
  await dialog.getByText('Gives the right').first().waitFor({ state: 'attached' })
  expect(await violations(page)).toEqual([])

  await page.route('**/api/v1/access*', (route) => route.abort())
  await dialog.getByLabel('Field (optional)').selectOption({ label: 'Phone' })
  await dialog.getByRole('alert').waitFor({ timeout: 30_000 })
  expect(await violations(page)).toEqual([])
  await admin.close()
})

it('says to anybody else why she may do what she may, on a phone', async () => {
  const app = await enter('owner', true)
  await app.goto(`/o/account/${ids.account}`)
  await more(app, '更多操作', '我为何有此权限')
  const dialog = app.page.getByRole('dialog', { name: `我对“${account}”的权限` })
  await dialog.getByText('您可以查看').waitFor()
  expect(await dialog.getByRole('combobox', { name: '用户' }).count()).toBe(0)
  await dialog.getByRole('listitem').first().waitFor()
  expect(await fits(app)).toBe(true)
  expect(await violations(app.page)).toEqual([])
})

/** Whoever asks for a page without a session is asked to sign in, in whatever language. */
const asked = ({ page }: App) => page.locator('input[type=password]').waitFor()

it('ends a session from another device, whose next page is the sign-in', async () => {
  const here = await enter('other')
  const there = await enter('other', true)
  const { page } = here
  await there.goto('/settings')
  await there.page.getByRole('region', { name: '登录设备' }).getByText('此设备').waitFor()
  expect(await fits(there)).toBe(true)
  expect(await violations(there.page)).toEqual([])

  await here.goto('/settings')
  const devices = page.getByRole('region', { name: '登录设备' })
  const rows = devices.getByRole('listitem')
  await expect.poll(() => rows.count()).toBe(2)
  const mine = rows.filter({ hasText: '此设备' })
  await mine.getByText('Linux 上的 Chrome').waitFor()
  await mine.getByText('127.0.0.1').waitFor()
  expect(await mine.getByRole('button').count()).toBe(0)
  expect(await violations(page)).toEqual([])

  await devices.getByRole('button', { name: '结束登录：Linux 上的 Chrome' }).click()
  await page.getByRole('status').getByText('已结束登录：Linux 上的 Chrome').waitFor()
  await expect.poll(() => rows.count()).toBe(1)
  expect(await devices.getByRole('button').count()).toBe(0)
  await there.page.getByRole('link', { name: '首页' }).first().click()
  await asked(there)
})

it('ends all other sessions, in English, and leads to the sign-in when its own has ended', async () => {
  const here = await enter('other')
  const there = await enter('other', true)
  const { page } = here
  await here.goto('/settings')
  await page.getByRole('button', { name: 'English' }).click()
  const devices = page.getByRole('region', { name: 'Signed-in devices' })
  await devices.getByText('this device').waitFor()
  await devices
    .getByText(/last used (now|\d+)/)
    .first()
    .waitFor()
  expect(await violations(page)).toEqual([])
  await devices.getByRole('button', { name: 'End all other sessions' }).click()
  const confirm = page.getByRole('dialog', { name: 'End all other sessions?' })
  await confirm.getByText('All devices but this one have to sign in again').waitFor()
  await confirm.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('status').getByText('sessions ended').waitFor()
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(1)
  await there.page.reload()
  await asked(there)

  await api('DELETE', `/sessions?user=${ids.other}`)
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await asked(here)
})

it('lists and ends the sessions of a user for administrators', async () => {
  const user = await enter('owner')
  const admin = await open()
  apps.push(admin)
  const { page } = admin
  await admin.goto(`/o/user/${ids.owner}`)
  await more(admin, '更多操作', '登录设备')
  const dialog = page.getByRole('dialog', { name: `${names.owner}的登录设备` })
  await expect.poll(() => dialog.getByRole('listitem').count()).toBe(2)
  expect(await dialog.getByText('此设备').count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: '结束所有登录' }).click()
  const confirm = page.getByRole('dialog', { name: `结束${names.owner}的所有登录？` })
  expect(await violations(page)).toEqual([])
  await confirm.getByRole('button', { name: '结束', exact: true }).click()
  await page.getByRole('status').getByText('已结束 2 个登录').waitFor()
  await dialog.getByText('没有在任何设备上登录').waitFor()
  await user.page.reload()
  await user.page.getByRole('button', { name: '登录', exact: true }).waitFor()
})
