// Sharing: rules, public groups and positions in the settings, and single records on their page. Who it is shared with then sees it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('共享')
const password = 'a password of the team'
const email = (name: string) => `${name}${mark.replace(/\W/g, '')}@example.com`
const names = { seller: `销售 ${mark}`, helper: `售前 ${mark}`, boss: `总监 ${mark}` }
const group = `大客户组 ${mark}`
const rule = `大单 ${mark}`
const nothing = '没有符合条件的商机'
const deals = { big: `大单 ${mark}`, small: `小单 ${mark}` }
type Who = keyof typeof names
let ids: Record<Who | keyof typeof deals, string>
let admin: App
let helper: App
let before: { scope: string; opportunity: object; lead: object }
const apps: App[] = []

async function user(who: Who): Promise<string> {
  const { id } = await create('user', { name: names[who], email: email(who), role: 'standard' })
  await api('PUT', `/users/${id}/password`, { password })
  return id
}

/** How an object is shared, as it can be put back. */
async function sharing(object: string): Promise<object> {
  const { pending, ...definition } = await api<Record<string, unknown>>('GET', `/sharing/${object}`)
  return definition
}

const scope = (record_scope: string) => api('PATCH', '/organisation', { record_scope })

beforeAll(async () => {
  const people = { seller: await user('seller'), helper: await user('helper'), boss: await user('boss') }
  const deal = (name: string, amount: string) =>
    create('opportunity', { name, amount, close_date: '2031-01-06', owner_id: people.seller })
  const [big, small] = [await deal(deals.big, '900000'), await deal(deals.small, '1000')]
  ids = { ...people, big: big.id, small: small.id }
  type Current = { user: { organisation: { record_scope: string } } }
  const { organisation } = (await api<Current>('GET', '/sessions/current')).user
  before = {
    scope: organisation.record_scope,
    opportunity: await sharing('opportunity'),
    lead: await sharing('lead'),
  }
  admin = await enterAdmin()
  helper = await enter('helper')
})
afterAll(async () => {
  if (before) {
    await scope(before.scope)
    await api('PUT', '/sharing/opportunity', before.opportunity)
    await api('PUT', '/sharing/lead', before.lead)
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

async function enter(who: Who): Promise<App> {
  const app = await openOutside()
  apps.push(app)
  await app.goto('/')
  await signIn(app, email(who), password)
  return app
}

/** Which of the two deals somebody finds in the list, when it shows what it is to show at the end of it. */
async function found({ page, goto }: App, shown: string) {
  await goto(`/o/opportunity?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await page.locator('main').getByText(shown, { exact: true }).first().waitFor()
  const seen = await Promise.all(
    Object.values(deals).map((name) => page.getByRole('link', { name, exact: true }).count()),
  )
  return { big: seen[0] === 1, small: seen[1] === 1 }
}

/** Finds somebody in a box, and takes the one that is offered. */
async function pick({ page }: App, box: string | RegExp, name: string) {
  await page.getByRole('combobox', { name: box }).fill(name)
  await page.getByRole('option', { name }).click()
}

async function clean({ page }: App) {
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
}

it('has a group made, with a member', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByLabel('每个人能看到谁的记录').selectOption({ label: '仅自己负责的' })
  await page.getByRole('status').getByText('设置已保存').waitFor()
  expect(await found(helper, nothing)).toEqual({ big: false, small: false })

  await page.getByRole('link', { name: '公共组' }).click()
  await page.getByRole('heading', { level: 1, name: '公共组' }).waitFor()
  await page.getByRole('button', { name: '新建公共组' }).click()
  const form = page.getByRole('dialog', { name: '新建公共组' })
  await form.getByLabel('名称').fill(group)
  await clean(admin)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: `${group} 0 个成员` }).click()
  await pick(admin, '添加成员', names.helper)
  await page.getByRole('button', { name: `${group} 1 个成员` }).waitFor()
  const members = page.getByRole('region', { name: `“${group}”的成员` })
  await members.getByRole('listitem').filter({ hasText: names.helper }).waitFor()
  await clean(admin)
})

it('has a rule made by a condition, by which the member sees the deal it holds for', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('link', { name: '共享', exact: true }).click()
  await page.getByRole('searchbox', { name: '搜索对象' }).fill('opportunity')
  await expect.poll(() => page.getByRole('link', { name: '线索' }).locator('visible=true').count()).toBe(1)
  await clean(admin)
  await page.getByRole('table').getByRole('link', { name: '商机', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '共享：商机' }).waitFor()
  await clean(admin)

  await page.getByRole('button', { name: '添加规则' }).click()
  const dialog = page.getByRole('dialog', { name: '添加规则' })
  await dialog.getByRole('button', { name: '确定' }).click()
  await dialog.getByText('请选择共享给谁').waitFor()
  await clean(admin)
  await dialog.getByLabel('名称').fill(rule)
  await dialog.getByRole('button', { name: '按条件' }).click()
  await dialog.getByRole('button', { name: '添加条件', exact: true }).click()
  await dialog.getByLabel('字段 1').selectOption({ label: '金额' })
  await dialog.getByLabel('条件 1', { exact: true }).selectOption({ label: '大于' })
  await dialog.getByLabel('值 1').fill('500000')
  await dialog.getByRole('button', { name: '添加条件', exact: true }).click()
  await dialog.getByLabel('字段 2').selectOption({ label: '商机名称' })
  await dialog.getByLabel('条件 2', { exact: true }).selectOption({ label: '包含' })
  await dialog.getByLabel('值 2').fill(mark)
  // What a rule goes by is the same on any day.
  await dialog.getByRole('button', { name: '添加条件', exact: true }).click()
  await dialog.getByLabel('字段 3').selectOption({ label: '预计成交日期' })
  expect(await dialog.getByLabel('值 3').getAttribute('type')).toBe('date')
  await dialog.getByRole('button', { name: '移除条件 3' }).click()
  await pick(admin, /^共享给/, group)
  await dialog.getByRole('button', { name: `移除${group}` }).waitFor()
  await clean(admin)
  await dialog.getByRole('button', { name: '确定' }).click()
  await page
    .getByRole('row', { name: new RegExp(`^${rule}`) })
    .getByText('金额 大于 500000')
    .waitFor()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('status').getByText('已保存，立即生效').waitFor()
  await expect.poll(() => page.getByText('正在应用').count()).toBe(0)
  await clean(admin)

  expect(await found(helper, '共 1 条')).toEqual({ big: true, small: false })
  await helper.goto(`/o/opportunity/${ids.small}`)
  await helper.page.getByRole('heading', { name: '找不到这条记录' }).waitFor()
  await helper.goto(`/o/opportunity/${ids.big}`)
  await helper.page.getByRole('heading', { level: 1, name: deals.big }).waitFor()
  // It is shared by a rule, not by itself: there is nothing for the helper to see or do.
  expect(await helper.page.getByRole('region', { name: '共享与团队' }).count()).toBe(0)
})

it('lets the owner share one deal for a time, and take it back', async () => {
  const seller = await enter('seller')
  const { page } = seller
  await seller.goto(`/o/opportunity/${ids.small}`)
  const panel = page.getByRole('region', { name: '共享与团队' })
  await panel.getByText('还没有共享给其他人').waitFor()
  await panel.getByRole('button', { name: '共享给他人' }).click()
  const dialog = page.getByRole('dialog', { name: '共享给他人' })
  await dialog.getByRole('button', { name: '共享', exact: true }).click()
  await dialog.getByText('请选择共享给谁').waitFor()
  await pick(seller, /^共享给/, names.helper)
  await dialog.getByRole('button', { name: '可编辑' }).click()
  const until = async (time: string) => {
    await dialog.getByLabel('截止时间（可选）').fill(time)
    await dialog.getByLabel('截止时间（可选）').press('Enter')
    await dialog.getByLabel('团队角色（可选）').fill('售前')
    await page.locator('.ant-picker-dropdown').waitFor({ state: 'hidden' })
  }
  await until('2001-03-31 18:00')
  await clean(seller)
  await dialog.getByRole('button', { name: '共享', exact: true }).click()
  await dialog.getByText('须晚于现在').waitFor()
  await until('2031-03-31 18:00')
  await dialog.getByRole('button', { name: '共享', exact: true }).click()
  const row = panel.getByRole('listitem').filter({ hasText: names.helper })
  for (const text of ['售前', '可编辑', '至 2031/03/31 18:00']) await row.getByText(text).first().waitFor()
  await clean(seller)

  expect(await found(helper, '共 2 条')).toEqual({ big: true, small: true })
  await helper.goto(`/o/opportunity/${ids.small}`)
  await helper.page.getByRole('region', { name: '共享与团队' }).getByText('可编辑').waitFor()
  expect(await helper.page.getByRole('button', { name: '共享给他人' }).count()).toBe(0)
  await helper.page.getByRole('button', { name: '编辑金额' }).waitFor()
  await clean(helper)

  await row.getByRole('button', { name: `修改对${names.helper}的共享` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '可查看' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await row.getByText('可查看').waitFor()
  await row.getByText('至 2031/03/31 18:00').waitFor()
  await row.getByRole('button', { name: `停止共享给${names.helper}` }).click()
  await panel.getByText('还没有共享给其他人').waitFor()
  await helper.goto(`/o/opportunity/${ids.small}`)
  await helper.page.getByRole('heading', { name: '找不到这条记录' }).waitFor()
})

it('says it in English and in the dark too, and ends the rule', async () => {
  const english = await enterAdmin({ language: 'en', theme: 'dark' })
  const { page } = english
  await english.goto(`/o/opportunity/${ids.big}`)
  const panel = page.getByRole('region', { name: 'Sharing and team' })
  await panel.getByRole('button', { name: 'Share with somebody' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share with somebody' })
  await pick(english, /^Share with/, group)
  await clean(english)
  await dialog.getByRole('button', { name: 'Share', exact: true }).click()
  await panel.getByRole('listitem').filter({ hasText: group }).getByText('Can view').waitFor()
  await clean(english)
  await panel.getByRole('button', { name: `Stop sharing with ${group}` }).click()
  await panel.getByText('Not shared with anybody yet').waitFor()

  await english.goto('/settings/sharing/opportunity')
  await page.getByRole('radio', { name: 'Private' }).waitFor()
  await page.getByLabel('Parent record', { exact: true }).selectOption({ label: 'Account' })
  await page.getByLabel('Who sees the parent', { exact: true }).selectOption({ index: 1 })
  await page.getByText('who edits the parent edits and deletes it').waitFor()
  await page.getByLabel('Parent record', { exact: true }).selectOption({ label: 'None' })
  await page.getByRole('button', { name: `Edit the rule “${rule}”` }).click()
  await page
    .getByRole('dialog')
    .getByText(`Amount greater than 500000 and Opportunity name contains ${mark}`)
    .waitFor()
  await clean(english)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: `Delete the rule “${rule}”` }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('status').getByText('Saved; it holds from now on').waitFor()
  await clean(english)
  expect(await found(helper, nothing)).toEqual({ big: false, small: false })
  await english.close()
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
})

it('says when somebody else was faster, and loads what they made of it', async () => {
  const { page } = admin
  await admin.goto('/settings/sharing/lead')
  await page.getByRole('switch', { name: '单独共享' }).uncheck()
  await api('PUT', '/sharing/lead', { ...before.lead, default: 'read' })
  await page.getByRole('button', { name: '保存', exact: true }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('别人刚刚修改了它').waitFor()
  await alert.getByText('默认权限').waitFor()
  await page.getByRole('button', { name: '加载最新内容' }).click()
  await expect.poll(() => page.getByRole('radio', { name: '公开只读' }).isChecked()).toBe(true)
  expect(await page.getByRole('switch', { name: '单独共享' }).isChecked()).toBe(true)
})

it('has positions in a tree, with people in them', async () => {
  const { page } = admin
  const [top, below] = [`销售总监 ${mark}`, `销售代表 ${mark}`]
  const form = page.getByRole('dialog', { name: '新建岗位' })
  const act = async (position: string, entry: string) => {
    await page.getByRole('button', { name: `“${position}”的操作` }).click()
    await page.getByRole('menuitem', { name: entry }).click()
  }
  await admin.goto('/settings')
  await page.getByRole('link', { name: '岗位层级' }).click()
  await page.getByRole('button', { name: '新建岗位' }).click()
  await form.getByLabel('名称').fill(top)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await act(top, '新建下级岗位')
  await form.getByLabel('名称').fill(below)
  await clean(admin)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  const branch = page.getByRole('listitem').filter({ hasText: top }).first()
  await branch.getByRole('listitem').getByText(below).waitFor()

  for (const [position, who] of [
    [top, names.boss],
    [below, names.seller],
  ] as const) {
    await act(position, '人员')
    const people = page.getByRole('dialog', { name: `“${position}”的人员` })
    await pick(admin, '添加人员', who)
    await people.getByRole('listitem').filter({ hasText: who }).waitFor()
    await clean(admin)
    await people.getByRole('button', { name: '关闭' }).click()
    await page.getByText(`1 人：${who}`).waitFor()
  }
  // Who is above sees what those below own.
  const boss = await enter('boss')
  expect(await found(boss, '共 2 条')).toEqual({ big: true, small: true })

  await act(below, '重命名或移动')
  const edit = page.getByRole('dialog', { name: `编辑 ${below}` })
  await edit.getByLabel('名称').fill(`${below} 二组`)
  await edit.getByRole('button', { name: '保存', exact: true }).click()
  await branch.getByRole('listitem').getByText(`${below} 二组`).waitFor()
  await page.getByRole('button', { name: `收起“${top}”` }).click()
  expect(await page.getByText(`${below} 二组`).count()).toBe(0)
  await clean(admin)
  await act(top, '删除')
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await page.getByText(`${below} 二组`).waitFor()
  expect(await found(boss, nothing)).toEqual({ big: false, small: false })
})

it('fits on a phone', async () => {
  const phone = await enterAdmin({ phone: true })
  const { page } = phone
  for (const [path, shown] of [
    ['/settings', '数据权限'],
    ['/settings/sharing', '共享'],
    ['/settings/sharing/opportunity', '共享规则'],
    ['/settings/positions', '岗位层级'],
    ['/settings/groups', '公共组'],
  ] as const) {
    await phone.goto(path)
    await page.getByRole('heading', { name: shown, exact: true }).first().waitFor()
    await expect.poll(() => page.getByText('正在加载').count()).toBe(0)
    await clean(phone)
  }
  await page.getByRole('button', { name: new RegExp(`^${group}`) }).click()
  await page.getByRole('combobox', { name: '添加成员' }).waitFor()
  await clean(phone)
  await page.getByRole('button', { name: `删除“${group}”` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await expect.poll(() => page.getByRole('button', { name: new RegExp(`^${group}`) }).count()).toBe(0)
})

it('is for administrators', async () => {
  const { page } = helper
  await helper.goto('/settings')
  await page.getByRole('heading', { name: '个人设置' }).waitFor()
  expect(await page.getByRole('link', { name: '公共组' }).count()).toBe(0)
})
