// What helps while a record is written and read: similar records, a kept draft, new records out of a reference, history, copies.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

let app: App

beforeAll(async () => {
  app = await open()
  await app.context.grantPermissions(['clipboard-read', 'clipboard-write'])
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const digits = () => String(Math.floor(1e7 + Math.random() * 9e7))

it('hints at similar records while one types, and lets one go on', async () => {
  const { page, goto } = app
  const name = unique('远航科技')
  const phone = `139${digits()}`
  await create('account', { name, phone })
  await goto('/o/account')
  await page.getByRole('button', { name: '新建客户' }).first().click()
  const dialog = page.getByRole('dialog', { name: '新建客户' })
  const hint = dialog.getByRole('status').filter({ hasText: '可能已有相似的记录' })
  await dialog.getByLabel('客户名称').fill(name.slice(0, -1))
  await hint.getByRole('link', { name }).waitFor()
  expect(await violations(page)).toEqual([])
  await dialog.getByLabel('客户名称').fill(unique('别的公司'))
  await hint.waitFor({ state: 'detached' })
  await dialog.getByLabel('电话').fill(phone)
  await hint.getByRole('link', { name }).waitFor()
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { level: 1, name: /别的公司/ }).waitFor()
})

it('hints at a 统一社会信用代码 that is taken', async () => {
  const { page, goto } = app
  const name = unique('信用代码')
  const code = creditCode()
  await create('account', { name, unified_social_credit_code: code })
  await goto('/o/account')
  await page.getByRole('button', { name: '新建客户' }).first().click()
  const dialog = page.getByRole('dialog', { name: '新建客户' })
  await dialog.getByLabel('统一社会信用代码').fill(code)
  await dialog.getByRole('link', { name }).waitFor()
  await dialog.getByRole('button', { name: '取消' }).click()
  await page.getByRole('dialog', { name: '放弃未保存的更改？' }).getByRole('button', { name: '放弃' }).click()
})

/** A code with the right check character (GB 32100). */
function creditCode(): string {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const body = `91330100MA2${digits().slice(0, 6)}`
  const sum = [...body].reduce((total, letter, at) => total + alphabet.indexOf(letter) * (3 ** at % 31), 0)
  return body + alphabet[(31 - (sum % 31)) % 31]
}

it('has what was typed again after a reload, and asks before the way back loses it', async () => {
  const { page, goto } = app
  const name = unique('草稿')
  await create('account', { name })
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(name))}`)
  await page.getByRole('link', { name }).click()
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /^编辑/ })
  await dialog.getByLabel('地区').fill('没有保存的地区')
  page.once('dialog', (question) => void question.accept())
  await page.reload()
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  await dialog.getByText('已恢复上次未保存的内容。').waitFor()
  expect(await dialog.getByLabel('地区').inputValue()).toBe('没有保存的地区')
  expect(await violations(page)).toEqual([])
  await page.goBack()
  const question = page.getByRole('dialog', { name: '放弃未保存的更改？' })
  await question.getByRole('button', { name: '继续编辑' }).click()
  expect(await dialog.getByLabel('地区').inputValue()).toBe('没有保存的地区')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.locator('.detail-value', { hasText: '没有保存的地区' }).waitFor()
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  await dialog.getByLabel('地区').waitFor()
  expect(await dialog.getByText('已恢复上次未保存的内容。').count()).toBe(0)
  await page.keyboard.press('Escape')
})

it('makes the other record out of the reference', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('子公司') })
  const parent = unique('还不存在的集团')
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑上级客户' }).click()
  await page.getByRole('combobox', { name: '上级客户' }).fill(parent)
  await page.getByRole('option', { name: `新建客户“${parent}”` }).click()
  const dialog = page.getByRole('dialog', { name: '新建客户' })
  expect(await dialog.getByLabel('客户名称').inputValue()).toBe(parent)
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('link', { name: parent }).first().waitFor()
  const now = await api<{ parent_id: string }>('GET', `/records/account/${account.id}?fields=parent_id`)
  const made = await api<{ name: string }>('GET', `/records/account/${now.parent_id}`)
  expect(made.name).toBe(parent)
})

it('tells who set a field to what, and when', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('历史'), region: '第一' })
  await api('PATCH', `/records/account/${account.id}`, { region: '第二' })
  await api('PATCH', `/records/account/${account.id}`, { employees: 5 })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '地区：修改历史' }).click()
  const panel = page.getByRole('dialog', { name: '地区 的修改历史' })
  await panel.getByText('第一 → 第二').waitFor()
  await panel.getByText('— → 第一').waitFor()
  expect(await panel.getByRole('listitem').count()).toBe(2)
  expect(await violations(page)).toEqual([])
})

it('copies numbers, addresses, the id and the link with one press', async () => {
  const { page, goto } = app
  const account = await create('account', {
    name: unique('复制'),
    email: 'copy@example.com',
    phone: '0571 8888 6666',
    address: { province: '浙江省', city: '杭州市', street: '文三路 1 号' },
  })
  await goto(`/o/account/${account.id}`)
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await page.getByRole('button', { name: '复制邮箱' }).click()
  await page.getByRole('status').getByText('已复制').first().waitFor()
  expect(await copied()).toBe('copy@example.com')
  await page.getByRole('button', { name: '复制电话' }).click()
  await expect.poll(copied).toBe('0571 8888 6666')
  await page.getByRole('button', { name: '复制地址' }).click()
  await expect.poll(copied).toBe('浙江省杭州市 文三路 1 号')
  await page.getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '复制记录 ID' }).click()
  await expect.poll(copied).toBe(account.id)
  await page.getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '复制链接' }).click()
  await expect.poll(copied).toContain(`/o/account/${account.id}`)
})

it('shows large amounts in 万, and the exact one by focus', async () => {
  const { page, goto } = app
  const deal = await create('opportunity', { name: unique('大单'), amount: '1054000.5', stage: 'proposal' })
  await goto(`/o/opportunity/${deal.id}`)
  const short = page.locator('.highlights').getByRole('img', { name: '¥1,054,000.50' })
  await short.waitFor()
  expect(await short.textContent()).toBe('¥105.4万')
  await short.focus()
  const shown = await short.evaluate((element) => getComputedStyle(element, '::after').content)
  expect(shown).toContain('1,054,000.50')
})
