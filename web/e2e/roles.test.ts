// Who may do what: an administrator makes a permission set and a role, gives them to a user, and the user's screens follow.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('权限')
const password = 'a password of the team'
const email = `limited${mark.replace(/\D/g, '')}@example.com`
const set = { zh: `财务 ${mark}`, en: `Finance ${mark}` }
const role = { zh: `受限 ${mark}`, en: `Limited ${mark}` }
let admin: App
let limited: App
let ids: { user: string; deal: string; contact: string }

beforeAll(async () => {
  const user = await create('user', { name: `用户 ${mark}`, email, role: 'standard' })
  await api('PUT', `/users/${user.id}/password`, { password })
  const deal = await create('opportunity', {
    name: `商机 ${mark}`,
    amount: '32000',
    close_date: '2031-01-06',
  })
  const contact = await create('contact', { name: `联系人 ${mark}`, mobile: '13812345678' })
  ids = { user: user.id, deal: deal.id, contact: contact.id }
  admin = await open()
})
afterAll(async () => {
  for (const app of [admin, limited]) expect(app?.complaints).toEqual([])
  await api('PATCH', '/me', { language: 'zh-CN' })
  await closeBrowser()
})

async function name({ zh, en }: { zh: string; en: string }, labels: [string, string], make: string) {
  const dialog = admin.page.getByRole('dialog')
  await dialog.getByLabel(labels[0]).fill(zh)
  await dialog.getByLabel(labels[1]).fill(en)
  expect(await violations(admin.page)).toEqual([])
  await dialog.getByRole('button', { name: make }).click()
}

it('makes a permission set that opens a field', async () => {
  const { page } = admin
  await admin.goto('/settings')
  const section = page.getByRole('region', { name: '角色与权限集' })
  await section.getByRole('link', { name: '系统管理员' }).waitFor()
  expect(await violations(page)).toEqual([])
  await section.getByRole('button', { name: '新建权限集' }).click()
  await name(set, ['中文名称', '英文名称'], '创建')
  await page.getByRole('heading', { name: set.zh }).waitFor()
  await page.getByRole('button', { name: '商机：字段权限' }).click()
  await page.getByLabel('金额：权限').selectOption({ label: '可查看和编辑' })
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('status').getByText('已保存，立即生效').waitFor()
  expect(await page.getByText('有未保存的更改').count()).toBe(0)
  expect(await violations(page)).toEqual([])
})

it('makes a role by copying another, in English, and closes two fields', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('button', { name: 'English' }).click()
  await page
    .getByRole('region', { name: 'Roles and permission sets' })
    .getByRole('button', { name: 'New role' })
    .click()
  expect(await page.getByLabel('Copy from').inputValue()).toBe('standard')
  await name(role, ['Chinese name', 'English name'], 'Create')
  await page.getByRole('heading', { name: role.en }).waitFor()

  // What is not set for an object is inherited; rights that need one another are ticked together.
  const right = (of: string) => page.getByLabel(of, { exact: true })
  expect(await right('Lead: Edit').isDisabled()).toBe(true)
  await page.getByLabel('Lead: set apart').click()
  await right('Lead: Read').uncheck()
  expect(await right('Lead: Edit').isChecked()).toBe(false)
  await right('Lead: Edit').check()
  expect(await right('Lead: Read').isChecked()).toBe(true)
  await page.getByLabel('Lead: inherit').click()
  expect(await page.getByText('There are unsaved changes').count()).toBe(0)
  await page.getByRole('searchbox', { name: 'Search objects' }).fill('opportunity')
  await expect.poll(() => right('Lead: Edit').count()).toBe(0)
  expect(await violations(page)).toEqual([])

  await page.getByLabel('Opportunity: fields').click()
  expect(await page.getByLabel('Stage: right').count()).toBe(0)
  await page.getByLabel('Amount: right').selectOption({ label: 'Hidden' })
  await page.getByLabel('Object', { exact: true }).selectOption({ label: 'Contact' })
  await page.getByLabel('Mobile: right').selectOption({ label: 'Hidden in part' })
  expect(await violations(page)).toEqual([])
  // Nobody leaves without a word.
  await page.getByRole('link', { name: 'Back to settings' }).click()
  await page.getByRole('button', { name: 'Keep editing' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('status').getByText('Saved; it holds from now on').waitFor()
})

it('says when somebody else was faster, and loads what they made of it', async () => {
  const { page } = admin
  const all = await api<{ roles: Array<{ name: string; label: { en: string } }> }>('GET', '/roles')
  const made = all.roles.find(({ label }) => label.en === role.en)
  if (!made) throw new Error('the role was made before')
  const { users, standard, editable, ...definition } = made as typeof made & Record<string, unknown>
  await page.getByRole('switch', { name: 'Import' }).uncheck()
  await api('PUT', `/roles/${made.name}`, {
    ...definition,
    description: { zh: '别人写的', en: 'By another' },
  })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').getByText('Somebody else has just changed this').waitFor()
  await page.getByRole('button', { name: 'Load the current state' }).click()
  await expect.poll(() => page.getByLabel('English description').inputValue()).toBe('By another')
  expect(await page.getByRole('switch', { name: 'Import' }).isChecked()).toBe(true)
})

it('gives the role to a user, whose screens follow', async () => {
  const { page } = admin
  await admin.goto(`/o/user/${ids.user}`)
  await page.getByRole('button', { name: 'Edit Role' }).click()
  await page.getByLabel('Role', { exact: true }).selectOption({ label: role.en })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('status').getByText('Saved').waitFor()

  limited = await openOutside()
  await limited.goto('/')
  await signIn(limited, email, password)
  await limited.goto(`/o/opportunity?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await limited.page.getByRole('link', { name: `商机 ${mark}` }).waitFor()
  expect(await limited.page.getByRole('columnheader', { name: /金额/ }).count()).toBe(0)
  await limited.goto(`/o/opportunity?view=opportunity.board&q=${encodeURIComponent(JSON.stringify(mark))}`)
  await limited.page.getByRole('article', { name: `商机 ${mark} 卡片` }).waitFor()
  expect(await limited.page.getByText('¥').count()).toBe(0)
  await limited.goto(`/o/opportunity/${ids.deal}`)
  await limited.page.getByRole('heading', { name: `商机 ${mark}` }).waitFor()
  expect(await limited.page.getByText('金额').count()).toBe(0)

  await limited.goto(`/o/contact/${ids.contact}`)
  const details = limited.page.getByRole('region', { name: '联系方式' })
  await details.getByText('138****5678').waitFor()
  expect(await details.getByRole('link', { name: '138****5678' }).count()).toBe(0)
  expect(await limited.page.getByRole('button', { name: '编辑手机' }).count()).toBe(0)
  expect(await violations(limited.page)).toEqual([])

  const answer = await limited.page.request.post('/api/v1/query', {
    headers: { 'Sec-Fetch-Site': 'same-origin' },
    data: { q: 'SELECT id FROM opportunity WHERE amount > 1' },
  })
  expect([answer.status(), ((await answer.json()) as { code: string }).code]).toEqual([400, 'unknown_field'])
})

it('opens the field again by the permission set', async () => {
  const { page } = admin
  await page.getByRole('button', { name: 'Edit Permission sets' }).click()
  await page.getByRole('checkbox', { name: set.en }).check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'Edit Permission sets' }).waitFor()
  await limited.goto(`/o/opportunity/${ids.deal}`)
  await limited.page.getByText('¥32,000.00').first().waitFor()
  await limited.page.getByRole('button', { name: '编辑金额' }).waitFor()
})

it('compares two users', async () => {
  const { page } = admin
  await admin.goto('/settings')
  await page.getByRole('link', { name: 'Compare two users' }).click()
  for (const [box, wanted] of [
    ['First user', `用户 ${mark}`],
    ['Second user', '管理员'],
  ] as const) {
    await page.getByRole('combobox', { name: box }).fill(wanted)
    await page.getByRole('option', { name: wanted, exact: true }).click()
  }
  const row = (label: string) => page.getByRole('row', { name: new RegExp(`^${label}`) })
  await row('Role').getByText(role.en).waitFor()
  await row('Role').getByText('Administrator').waitFor()
  await row('Mobile').getByText('Hidden in part').waitFor()
  expect(await row('Amount').count()).toBe(0)
  await page.getByLabel('Differences only').uncheck()
  await row('Amount').waitFor()
  expect(await violations(page)).toEqual([])
})

it('fits on a phone', async () => {
  const phone = await open({ phone: true })
  for (const path of ['/settings', '/settings/roles/standard', '/settings/roles/standard?object=contact']) {
    await phone.goto(path)
    await phone.page.locator('.roles-table, .rights').waitFor()
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
    expect(await violations(phone.page)).toEqual([])
  }
  await phone.goto('/settings/roles/administrator')
  await phone.page.getByText('所以这个角色不能修改').waitFor()
  expect(await phone.page.getByLabel('中文名称').isDisabled()).toBe(true)
  expect(phone.complaints).toEqual([])
})
