// Territories: a tree with members, the rules that open records to one, and who then sees what.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const shots = process.env.E2E_SHOTS
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

const mark = unique('区域')
const password = 'a password of the team'
const email = (name: string) => `${name}${mark.replace(/\W/g, '')}@example.com`
const names = { city: `上海销售 ${mark}`, region: `华东总监 ${mark}` }
const [east, shanghai] = [`华东 ${mark}`, `上海 ${mark}`]
const account = `客户 ${mark}`
type Who = keyof typeof names
let admin: App
let before: { scope: string; account: object }
const apps: App[] = []

beforeAll(async () => {
  for (const who of ['city', 'region'] as const) {
    const { id } = await create('user', { name: names[who], email: email(who), role: 'standard' })
    await api('PUT', `/users/${id}/password`, { password })
  }
  await create('account', { name: account, region: mark })
  type Current = { user: { organisation: { record_scope: string } } }
  const { organisation } = (await api<Current>('GET', '/sessions/current')).user
  const { pending, ...definition } = await api<Record<string, unknown>>('GET', '/sharing/account')
  before = { scope: organisation.record_scope, account: definition }
  await api('PATCH', '/organisation', { record_scope: 'own' })
  admin = await enterAdmin()
})
afterAll(async () => {
  if (before) {
    await api('PATCH', '/organisation', { record_scope: before.scope })
    await api('PUT', '/sharing/account', before.account)
  }
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  for (const app of apps) expect(app.complaints).toEqual([])
  await closeBrowser()
})

async function enterAdmin(look: Parameters<typeof open>[0] = {}): Promise<App> {
  const app = await open(look)
  apps.push(app)
  return app
}

async function clean({ page }: App) {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
}

/** Whether somebody finds the account. */
async function sees(who: Who): Promise<boolean> {
  const app = await openOutside()
  await app.goto('/')
  await signIn(app, email(who), password)
  await app.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}`)
  const { page } = app
  const link = page.getByRole('link', { name: account, exact: true })
  await link.or(page.getByText('没有符合条件的客户')).first().waitFor()
  const seen = (await link.count()) === 1
  expect(app.complaints).toEqual([])
  await app.close()
  return seen
}

async function pick({ page }: App, box: string | RegExp, name: string) {
  await page.getByRole('combobox', { name: box }).fill(name)
  await page.getByRole('option', { name }).click()
}

it('has territories in a tree, with members', async () => {
  const { page } = admin
  const form = page.getByRole('dialog', { name: '新建销售区域' })
  await admin.goto('/settings')
  await page.getByRole('link', { name: '销售区域' }).click()
  await page.getByRole('heading', { level: 1, name: '销售区域' }).waitFor()
  await clean(admin)
  await shot(page, 'territories_empty')
  await page.getByRole('button', { name: '新建区域' }).click()
  await form.getByLabel('名称').fill(east)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: `“${east}”的操作` }).click()
  await page.getByRole('menuitem', { name: '新建下级区域' }).click()
  await form.getByLabel('名称').fill(shanghai)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  const branch = page.getByRole('listitem').filter({ hasText: east }).first()
  await branch.getByRole('listitem').getByText(shanghai, { exact: true }).waitFor()
  for (const [territory, who] of [
    [east, names.region],
    [shanghai, names.city],
  ] as const) {
    const show = page.getByRole('button', { name: `“${territory}”的成员与规则` })
    await show.click()
    const members = page.getByRole('region', { name: `“${territory}”的成员` })
    await members.getByText('还没有成员').waitFor()
    await members.getByRole('combobox', { name: '添加成员' }).fill(who)
    await page.getByRole('option', { name: who }).click()
    await members.getByRole('listitem').filter({ hasText: who }).waitFor()
    await expect.poll(() => show.textContent()).toContain('1 个成员')
    await clean(admin)
  }
})

it('has a rule made for a territory, by which its members and those above see the account', async () => {
  expect(await sees('city')).toBe(false)
  const { page } = admin
  const rules = page.getByRole('region', { name: `“${shanghai}”的共享规则` })
  await rules.getByRole('button', { name: '添加共享规则' }).click()
  const dialog = page.getByRole('dialog', { name: '添加规则' })
  await dialog.getByLabel('对象').selectOption({ label: '商机' })
  await dialog.getByRole('button', { name: '添加条件', exact: true }).click()
  await dialog.getByLabel('字段 1').selectOption({ label: '金额' })
  await dialog.getByLabel('对象').selectOption({ label: '客户' })
  // Conditions on another object are others.
  await expect.poll(() => dialog.getByLabel('字段 1').count()).toBe(0)
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await dialog.getByText('请填写条件').waitFor()
  await dialog.getByRole('button', { name: '添加条件', exact: true }).click()
  await dialog.getByLabel('字段 1').selectOption({ label: '地区' })
  await dialog.getByLabel('条件 1', { exact: true }).selectOption({ label: '等于' })
  await dialog.getByLabel('值 1').fill(mark)
  await dialog.getByRole('button', { name: `移除${shanghai}` }).waitFor()
  await dialog.getByRole('button', { name: '可编辑' }).click()
  await clean(admin)
  await shot(page, 'territory_rule_dialog')
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('status').getByText('已保存，立即生效').waitFor()
  const line = rules.getByRole('listitem').filter({ hasText: `客户：地区 等于 ${mark} → 可编辑` })
  await line.waitFor()
  await expect.poll(() => line.getByText('正在应用').count(), { timeout: 20_000 }).toBe(0)
  await clean(admin)
  await shot(page, 'territories')

  expect(await sees('city')).toBe(true)
  // Who has the region has its cities.
  expect(await sees('region')).toBe(true)
})

it('changes the rule, and takes it away', async () => {
  const { page } = admin
  const rules = page.getByRole('region', { name: `“${shanghai}”的共享规则` })
  await rules.getByRole('button', { name: `编辑规则“${shanghai}”` }).click()
  const dialog = page.getByRole('dialog', { name: `编辑规则“${shanghai}”` })
  await dialog.getByRole('button', { name: '可查看' }).click()
  // Somebody else is faster.
  const other = await api<{ rules: object[]; pending?: string[] }>('GET', '/sharing/account')
  delete other.pending
  const [rule, ...rest] = other.rules.toReversed()
  await api('PUT', '/sharing/account', { ...other, rules: [...rest, { ...rule, access: 'read' }] })
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await dialog.getByRole('alert').getByText('别人刚刚修改了它').waitFor()
  await clean(admin)
  await dialog.getByRole('button', { name: '取消' }).click()
  await rules.getByRole('listitem').filter({ hasText: '→ 可查看' }).waitFor()

  await rules.getByRole('button', { name: `删除规则“${shanghai}”` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
  await rules.getByText('还没有规则把记录开放给这个区域').waitFor()
  expect(await sees('region')).toBe(false)
})

it('can be chosen in a rule of an object, and for a single record, in English and in the dark', async () => {
  const english = await enterAdmin({ language: 'en', theme: 'dark' })
  const { page } = english
  await english.goto('/settings/sharing/account')
  await page.getByRole('button', { name: 'Add rule' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add rule' })
  await dialog.getByLabel('Name').fill(mark)
  await pick(english, /^Owned by/, names.city)
  await pick(english, /^Shared with/, east)
  await dialog.getByText('a territory for those above it').waitFor()
  await dialog.getByRole('button', { name: `Remove ${east}` }).waitFor()
  await clean(english)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('status').getByText('Saved; it holds from now on').waitFor()

  await english.goto('/settings/territories')
  await page.getByRole('button', { name: `Members and rules of “${east}”` }).click()
  await page
    .getByRole('region', { name: `Sharing rules of “${east}”` })
    .getByRole('listitem')
    .filter({ hasText: `Owned by ${names.city} → Can view` })
    .waitFor()
  await clean(english)
  await shot(page, 'territories_dark')
  const { id } = await create('account', { name: `单独 ${mark}` })
  await english.goto(`/o/account/${id}`)
  const panel = page.getByRole('region', { name: 'Sharing and team' })
  await panel.getByRole('button', { name: 'Share with somebody' }).click()
  await pick(english, /^Share with/, east)
  await page.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click()
  await panel.getByRole('listitem').filter({ hasText: east }).getByText('Can view').waitFor()
  await clean(english)
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
})

it('fits on a phone, and is deleted', async () => {
  const phone = await enterAdmin({ phone: true })
  const { page } = phone
  await phone.goto('/settings/territories')
  await page.getByRole('button', { name: `“${east}”的成员与规则` }).click()
  await page
    .getByRole('region', { name: `“${east}”的共享规则` })
    .getByRole('listitem')
    .waitFor()
  await clean(phone)
  await shot(page, 'territories_phone')
  await page.getByRole('button', { name: '添加共享规则' }).click()
  await page.getByRole('dialog').getByLabel('对象').waitFor()
  await clean(phone)
  await shot(page, 'territory_rule_dialog_phone')
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.getByRole('button', { name: `“${east}”的操作` }).click()
  await page.getByRole('menuitem', { name: '删除' }).click()
  await page.getByRole('dialog').getByText('还有 1 条共享规则用到它').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.getByRole('button', { name: /^删除规则/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
  for (const territory of [shanghai, east]) {
    await page.getByRole('button', { name: `“${territory}”的操作` }).click()
    await page.getByRole('menuitem', { name: '删除' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
    await expect.poll(() => page.getByText(territory, { exact: true }).count()).toBe(0)
  }
})
