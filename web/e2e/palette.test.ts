// The command palette: places, actions and records by label, pinyin and initials; and what it does to the record that is open.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

let app: App
beforeAll(async () => {
  app = await open()
})
afterEach(() => expect(app.complaints).toEqual([]))
afterAll(closeBrowser)

const box = () => app.page.getByRole('combobox', { name: /搜索记录、操作或页面|分配给谁/ })
const option = (name: string | RegExp) => app.page.getByRole('option', { name })

async function openPalette() {
  await app.page.keyboard.press('Control+k')
  await box().waitFor()
}

it.each([
  ['新建客户', 'xjkh', /新建客户/],
  ['回收站', 'huishouzhan', /回收站/],
  ['客户', 'kehu', /^客户/],
  ['深色', 'shense', /外观：深色/],
  ['English', 'eng', /切换语言：English/],
])('finds %s by %s', async (_, typed, name) => {
  await openPalette()
  await box().fill(typed)
  await option(name).first().waitFor()
  await app.page.keyboard.press('Escape')
  await box().waitFor({ state: 'detached' })
})

it('goes places, and makes a record, by keys alone', async () => {
  const { page } = app
  await openPalette()
  expect(await violations(page)).toEqual([])
  await page.keyboard.type('huishou')
  await option(/回收站/).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '回收站' }).waitFor()
  await openPalette()
  await page.keyboard.type('xinjiankehu')
  await option(/新建客户/).waitFor()
  await page.keyboard.press('Enter')
  const name = unique('面板客户')
  await page.getByRole('dialog', { name: '新建客户' }).getByLabel('客户名称').waitFor()
  await page.keyboard.type(name)
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor()
})

it('acts on the open record: moves its stage, assigns it, edits and deletes it', async () => {
  const { page, goto } = app
  const name = unique('面板商机')
  const { id } = await create('opportunity', { name, amount: '8', stage: 'proposal' })
  const stored = () => api<Record<string, unknown>>('GET', `/records/opportunity/${id}`)
  await goto(`/o/opportunity/${id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await openPalette()
  await page.getByRole('group', { name }).waitFor()
  await page.keyboard.type('shangwutanpan')
  await option(/移动到“商务谈判”/).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '当前阶段 商务谈判' }).waitFor()
  expect((await stored()).stage).toBe('negotiation')

  const { records } = await api<{ records: Array<{ id: string; name: string }> }>('POST', '/query', {
    q: "SELECT id, name FROM user WHERE email = 'sales1@demo.example'",
  })
  await openPalette()
  await page.keyboard.type('fenpeigei')
  await option('分配给…').click()
  await page.getByRole('combobox', { name: '分配给谁' }).fill('sales1')
  await option(new RegExp(records[0]?.name ?? '—'))
    .first()
    .click()
  await page.getByRole('status').getByText(`已分配给${records[0]?.name}`).waitFor()
  expect((await stored()).owner_id).toBe(records[0]?.id)

  await openPalette()
  await page.keyboard.type('bianji')
  await option('编辑').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: `编辑 ${name}` }).waitFor()
  await page.keyboard.press('Escape')

  await openPalette()
  await page.keyboard.type('shanchu')
  await option('删除').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await page.getByRole('status').getByText(`已删除 ${name}`).waitFor()
  await page.getByRole('heading', { level: 1, name: '商机' }).waitFor()
})

it('acts on the rows that are ticked', async () => {
  const { page, goto } = app
  const name = unique('面板批量')
  const ids = [
    (await create('account', { name: `${name} 一` })).id,
    (await create('account', { name: `${name} 二` })).id,
  ]
  await goto(`/o/account?q=${encodeURIComponent(name)}`)
  await page.getByRole('checkbox', { name: `选择 ${name} 一` }).check()
  await page.getByRole('checkbox', { name: `选择 ${name} 二` }).check()
  await openPalette()
  await page.getByRole('group', { name: '已选 2 条客户' }).waitFor()
  await page.keyboard.type('assign')
  await option('分配给…').click()
  await page.getByRole('combobox', { name: '分配给谁' }).fill('sales2')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('已分配给').waitFor()
  const owners = await Promise.all(
    ids.map((id) => api<Record<string, unknown>>('GET', `/records/account/${id}`)),
  )
  expect(new Set(owners.map((record) => record.owner_id)).size).toBe(1)
})

it('finds records, and those seen lately before anything is typed', async () => {
  const { page, goto } = app
  const name = unique('拓维信息系统')
  const { id } = await create('account', { name })
  await goto(`/o/account/${id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.waitForTimeout(1_500)
  await goto('/settings')
  await openPalette()
  await option(new RegExp(name)).waitFor()
  await page.keyboard.type('tuoweixinxi')
  await option(new RegExp(name)).first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor()
})
