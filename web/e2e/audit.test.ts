// The audit log: what happened is listed, narrowed down, opened with what was there before and after, and taken along as a table.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, saved, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('审计')
const email = `auditee${mark.replace(/\D/g, '')}@example.com`
const password = 'a password of the team'
let admin: App
let account: string

interface Found {
  entries: Array<{ index: number; entry: { kind: string } }>
  signed: number
}

beforeAll(async () => {
  account = (await create('account', { name: `旧名 ${mark}` })).id
  await api('PATCH', `/records/account/${account}`, { name: `新名 ${mark}` })
  const user = await create('user', { name: `用户 ${mark}`, email, role: 'standard' })
  await api('PUT', `/users/${user.id}/password`, { password })
  admin = await open()
})
afterAll(async () => {
  expect(admin.complaints).toEqual([])
  await api('PATCH', '/me', { language: 'zh-CN' })
  await closeBrowser()
})

it('leads from a record to what was done with it, and shows old and new values', async () => {
  // The log takes changes in after a second or so, and signs them; a demo's year of history goes before.
  await expect
    .poll(
      async () => {
        const found = await api<Found>('GET', `/audit/entries?record=${account}`)
        return found.entries.length === 2 && found.entries.every(({ index }) => index < found.signed)
      },
      { timeout: 120_000, interval: 500 },
    )
    .toBe(true)
  const { page } = admin
  await admin.goto(`/o/account/${account}`)
  await page.getByRole('button', { name: '更多操作' }).first().click()
  await page.getByRole('menuitem', { name: '该记录的审计日志' }).click()
  await page.getByRole('heading', { name: '审计日志' }).waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(3)
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: /^修改，/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('已包含在最近签名的检查点中').waitFor()
  const name = dialog.getByRole('row', { name: /客户名称/ })
  expect(await name.textContent()).toContain(`旧名 ${mark}`)
  expect(await name.textContent()).toContain(`新名 ${mark}`)
  await dialog.getByText('浏览器或 API').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
}, 150_000)

it('is narrowed by event, object, person and day, in the address', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('link', { name: '查看审计日志' }).click()
  await page.getByLabel('事件', { exact: true }).selectOption({ label: '设置密码' })
  await page.getByRole('row', { name: new RegExp(`设置密码.*用户 ${mark}`) }).waitFor()
  expect(page.url()).toContain('kind=password_change')
  await page.getByLabel('结束日期').fill('2001-01-01')
  await page.getByRole('heading', { name: '没有日志' }).waitFor()
  await page.getByRole('button', { name: '清除筛选' }).click()
  await page.getByLabel('对象', { exact: true }).selectOption({ label: '客户' })
  await page.getByLabel('记录', { exact: true }).fill(`https://example.com/o/account/${account}`)
  await page.getByLabel('记录', { exact: true }).press('Enter')
  await expect.poll(() => page.getByRole('row').count()).toBe(3)
  const file = (await saved(page, () => page.getByRole('link', { name: '导出 CSV' }).click())).toString()
  expect(file).toContain(`旧名 ${mark},新名 ${mark}`)
})

it('takes a change of rights back', async () => {
  const { page } = admin
  const scope = async () =>
    (await api<{ user: { organisation: { record_scope: string } } }>('GET', '/sessions/current')).user
      .organisation.record_scope
  const before = await scope()
  await api('PATCH', '/organisation', { record_scope: before === 'team' ? 'own' : 'team' })
  try {
    // The log takes changes in later, in their order: with the entry of a record made after it, that of the change is there.
    const { id } = await create('account', { name: `之后 ${mark}` })
    await expect
      .poll(async () => (await api<Found>('GET', `/audit/entries?record=${id}`)).entries.length, {
        timeout: 60_000,
      })
      .toBe(1)
    await admin.goto('/settings/audit?kind=schema')
    await page
      .getByRole('button', { name: /^设置或权限变更，/ })
      .first()
      .click()
    await page.getByRole('button', { name: '撤销此次修改' }).click()
    await page.getByText('已恢复为修改前的设置').waitFor()
    expect(await scope()).toBe(before)
  } finally {
    if ((await scope()) !== before) await api('PATCH', '/organisation', { record_scope: before })
  }
}, 90_000)

it('tells of a refused sign-in, in English', async () => {
  const refused = await openOutside()
  await refused.goto('/')
  await refused.page.getByLabel('邮箱').fill(email)
  await refused.page.getByLabel('密码').fill('not the password')
  await refused.page.getByRole('button', { name: '登录', exact: true }).click()
  await refused.page.getByRole('alert').first().waitFor()
  await refused.close()
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('link', { name: 'Open the audit log' }).click()
  await page.getByLabel('Event', { exact: true }).selectOption({ label: 'Sign-in refused' })
  const row = page.getByRole('row', { name: new RegExp(email) }).first()
  await expect
    .poll(
      async () => {
        await page.reload()
        await page.getByRole('table').waitFor()
        return row.count()
      },
      { timeout: 15_000 },
    )
    .toBe(1)
  await row.getByRole('button').click()
  const dialog = page.getByRole('dialog', { name: /Sign-in refused/ })
  await dialog.getByText('127.0.0.1').first().waitFor()
  await dialog.getByText('wrong_password').waitFor()
  expect(await violations(page)).toEqual([])
})

it('is not there for those without the right, which it tells of', async () => {
  const other = await openOutside({ refused: true })
  await other.goto('/')
  await signIn(other, email, password)
  await other.goto('/settings')
  expect(await other.page.getByRole('link', { name: '查看审计日志' }).count()).toBe(0)
  await other.goto('/settings/audit')
  await other.page.getByRole('heading', { name: '您没有权限打开' }).waitFor()
  await other.page.getByText('您没有查看审计日志的权限').waitFor()
  expect(await other.page.getByRole('link', { name: '导出 CSV' }).count()).toBe(0)
  await other.close()
  const { page } = admin
  await admin.goto('/settings/audit?kind=refused')
  const refusal = page.getByRole('row', { name: /Request refused/ }).filter({ hasText: `用户 ${mark}` })
  const row = refusal.filter({ hasText: 'GET /api/v1/audit/entries' }).first()
  await expect
    .poll(
      async () => {
        await page.reload()
        await page.getByRole('main').waitFor()
        return row.isVisible()
      },
      { timeout: 30_000, interval: 1_000 },
    )
    .toBe(true)
})

it('fits on a phone, and in the dark', async () => {
  const phone = await open({ phone: true, theme: 'dark' })
  await phone.goto(`/settings/audit?record=${account}`)
  await phone.page.getByRole('button', { name: /^修改，/ }).waitFor()
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
  expect(await violations(phone.page)).toEqual([])
  await phone.page.getByRole('button', { name: /^修改，/ }).click()
  await phone.page.getByRole('dialog').waitFor()
  expect(await violations(phone.page)).toEqual([])
  expect(phone.complaints).toEqual([])
})

it('says where checkpoints may go, and where not', async () => {
  const { page } = admin
  await api('PATCH', '/me', { language: 'zh-CN', theme: 'light' })
  await admin.goto('/settings/audit')
  const section = page.getByRole('region', { name: '检查点外发' })
  await section.getByText('检查点没有发送到任何地方').waitFor()
  for (const [address, why] of [
    ['http://example.com/', '必须以 https:// 开头'],
    ['https://127.0.0.1/notes', '指向本机或内部网络'],
    ['https://169.254.169.254/', '指向本机或内部网络'],
  ] as const) {
    await section.getByLabel('网址或邮箱').fill(address)
    await section.getByRole('button', { name: '保存' }).click()
    await section.getByText(why).waitFor()
  }
  expect(await violations(page)).toEqual([])
  await section.getByLabel('网址或邮箱').fill('https://nowhere.invalid/notes')
  await section.getByLabel('频率').selectOption({ label: '最多每天一次' })
  await section.getByRole('button', { name: '保存' }).click()
  await section.getByText('nowhere.invalid 还没有收到过检查点').waitFor()
  await section.getByText(/找不到服务器 nowhere.invalid/).waitFor({ timeout: 30_000 })
  expect(await violations(page)).toEqual([])
  await section.getByLabel('网址或邮箱').fill('audit@example.com')
  // The mails would be too many.
  expect(await section.getByLabel('频率').getByRole('option', { name: '每个新的检查点' }).count()).toBe(0)
  await section.getByRole('button', { name: '保存' }).click()
  await section.getByText(/最近.*audit@example\.com/).waitFor({ timeout: 30_000 })
  expect(await section.getByLabel('网址或邮箱').inputValue()).toBe('audit@example.com')
  await section.getByLabel('网址或邮箱').fill('')
  await section.getByRole('button', { name: '保存' }).click()
  await section.getByText('检查点没有发送到任何地方').waitFor()
})

it('erases a person after the name was typed, in English', async () => {
  const { page } = admin
  const { id } = await create('contact', { name: `走了 ${mark}`, mobile: '13912340000' })
  await api('PATCH', '/me', { language: 'en' })
  await admin.goto(`/o/contact/${id}`)
  await page.getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Erase personal data…' }).click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Erase for good' })
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByLabel(/Type the name/).fill('another')
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByLabel(/Type the name/).fill(`走了 ${mark}`)
  expect(await violations(page)).toEqual([])
  await confirm.click()
  await page.getByRole('heading', { name: '已清除 / Erased' }).waitFor()
  expect(await page.getByText('13912340000').count()).toBe(0)
  await page.getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Audit log of this record' }).click()
  await expect
    .poll(
      async () => {
        await page.reload()
        await page.getByRole('table').waitFor()
        return page.getByRole('button', { name: /^Personal data erased/ }).count()
      },
      { timeout: 15_000 },
    )
    .toBe(1)
  await page.getByRole('button', { name: /^Created/ }).click()
  await page.getByRole('dialog').getByText('Taken away; the log still verifies').waitFor()
})
