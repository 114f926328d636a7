// One record: made, changed in place and by form, in dispute, on its timeline, deleted and taken back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

let app: App

beforeAll(async () => {
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

it('is created from a form that shows the server’s complaints beside the fields', async () => {
  const { page, goto } = app
  const name = unique('新客户')
  await goto('/o/account')
  await page.getByRole('button', { name: '新建客户' }).click()
  const dialog = page.getByRole('dialog', { name: '新建客户' })
  await dialog.getByLabel('邮箱').fill('not-an-address')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('客户名称').and(page.locator('[aria-invalid=true]')).waitFor()
  await dialog.getByLabel('邮箱').and(page.locator('[aria-invalid=true]')).waitFor()
  await dialog.getByLabel('客户名称').fill(name)
  await dialog.getByLabel('邮箱').fill('Info@Example.com')
  await dialog.getByLabel('员工人数').fill('１２０')
  await dialog.getByLabel('年营业额').fill('1054.5')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.getByText('info@example.com').first().waitFor()
  await page.getByText('¥1,054.50').first().waitFor()
})

it('fills 省/市/区 by the cascade, and dates by the calendar', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('地址') })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /编辑/ })
  await dialog.getByRole('combobox', { name: '省 / 市 / 区' }).click()
  await page
    .getByRole('menuitemcheckbox', { name: '浙江省' })
    .or(page.locator('.ant-cascader-menu-item', { hasText: '浙江省' }))
    .first()
    .click()
  await page.locator('.ant-cascader-menu-item', { hasText: '杭州市' }).first().click()
  await page.locator('.ant-cascader-menu-item', { hasText: '西湖区' }).first().click()
  await dialog.getByLabel('详细地址').fill('文三路 1 号')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByText('浙江省杭州市西湖区 文三路 1 号').first().waitFor()
})

it('is edited in place, with undo', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('就地'), region: '旧地区' })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑地区' }).click()
  const box = page.getByRole('textbox', { name: '地区' })
  await box.fill('丢弃')
  await box.press('Escape')
  await page.getByText('旧地区').first().waitFor()
  await page.getByRole('button', { name: '编辑地区' }).click()
  await page.getByRole('textbox', { name: '地区' }).fill('新地区')
  await page.getByRole('textbox', { name: '地区' }).press('Enter')
  await page.getByRole('status').getByText('已保存').waitFor()
  await page.getByText('从“旧地区”改为“新地区”').waitFor()
  await page.getByRole('button', { name: '撤销', exact: true }).click()
  await page.getByRole('status').getByText('已撤销').waitFor()
  await expect.poll(() => page.locator('.detail-value', { hasText: /^旧地区$/ }).count()).toBe(1)
})

it('does not submit while an input method composes', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('输入法') })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑地区' }).click()
  const box = page.getByRole('textbox', { name: '地区' })
  await box.fill('huadong')
  await box.evaluate((element) => {
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: true }),
    )
  })
  expect(await box.isVisible()).toBe(true)
  await box.press('Escape')
})

it('says so when somebody else was faster, and keeps both values in view', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('冲突'), region: '最初' })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /编辑/ })
  await dialog.getByLabel('地区').fill('我的值')
  await api('PATCH', `/records/account/${account.id}`, { region: '他人的值' })
  await dialog.getByRole('button', { name: '保存' }).click()
  const notice = dialog.getByRole('alert')
  await notice.getByText('这条记录已被他人修改').waitFor()
  await notice.getByText('他人的值').waitFor()
  await notice.getByText('我的值').waitFor()
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect.poll(() => page.locator('.detail-value', { hasText: /^我的值$/ }).count()).toBe(1)
})

describe('when somebody else was faster with the same field', () => {
  async function collide() {
    const { page, goto } = app
    const account = await create('account', { name: unique('就地冲突'), region: '最初' })
    await goto(`/o/account/${account.id}`)
    await page.getByRole('button', { name: '编辑地区' }).click()
    await page.getByRole('textbox', { name: '地区' }).fill('我的值')
    await api('PATCH', `/records/account/${account.id}`, {
      region: '他人的值',
      website: 'https://example.com',
    })
    await page.getByRole('textbox', { name: '地区' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: '地区已被他人修改' })
    await dialog.getByText('最初').waitFor()
    await dialog.getByText('他人的值').waitFor()
    await dialog.getByText('我的值', { exact: true }).waitFor()
    await dialog.getByText('example.com').waitFor()
    const region = async () => (await api<{ region: string }>('GET', `/records/account/${account.id}`)).region
    return {
      dialog,
      region,
      shown: (text: string) => page.locator('.detail-value', { hasText: text }).waitFor(),
    }
  }

  it('shows what they changed, and takes it on request', async () => {
    const { dialog, region, shown } = await collide()
    expect(await violations(app.page)).toEqual([])
    await dialog.getByRole('button', { name: '使用现在的值' }).click()
    await shown('他人的值')
    expect(await region()).toBe('他人的值')
  })

  it('keeps one’s own on request, or goes on editing', async () => {
    const { page } = app
    const { dialog, region, shown } = await collide()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('textbox', { name: '地区' }).press('Enter')
    await dialog.getByRole('button', { name: '保留我的值' }).click()
    await page.getByRole('status').getByText('已保存').waitFor()
    await shown('我的值')
    expect(await region()).toBe('我的值')
  })
})

it('saves beside what somebody else changed in other fields', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('互不相干'), region: '最初' })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑地区' }).click()
  await page.getByRole('textbox', { name: '地区' }).fill('我的值')
  await api('PATCH', `/records/account/${account.id}`, { employees: 7 })
  await page.getByRole('textbox', { name: '地区' }).press('Enter')
  await page.getByRole('status').getByText('已保存').waitFor()
  const now = await api<Record<string, unknown>>('GET', `/records/account/${account.id}`)
  expect([now.region, now.employees]).toEqual(['我的值', 7])
})

it('takes notes, tasks and calls on its timeline', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('动态') })
  await goto(`/o/account/${account.id}`)
  const composer = page.getByRole('form', { name: '添加动态' })
  await composer.getByLabel('内容').fill('客户想在本季度签约')
  await composer.getByRole('button', { name: '添加记录' }).click()
  const items = page.locator('.timeline-items')
  await items.getByText('客户想在本季度签约').waitFor()
  await composer.getByRole('button', { name: '任务' }).click()
  await composer.getByLabel('任务名称').fill('准备合同')
  await composer.getByLabel('截止日期').fill('2026-12-01')
  await composer.getByRole('button', { name: '添加任务' }).click()
  await items.getByText('准备合同').waitFor()
  await composer.getByRole('button', { name: '电话' }).click()
  await composer.getByLabel('通话主题').fill('电话回访')
  await composer.getByLabel('通话纪要').fill('同意报价')
  await composer.getByRole('button', { name: '添加电话记录' }).click()
  await items.getByText('同意报价').waitFor()
  await items.getByText(/创建了这条记录/).waitFor()
})

it('adds to a related list', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('母公司') })
  const person = unique('王')
  await goto(`/o/account/${account.id}`)
  const contacts = page.getByRole('region', { name: '联系人' })
  await contacts.getByRole('button', { name: '新建联系人' }).click()
  const dialog = page.getByRole('dialog', { name: '新建联系人' })
  await dialog.getByLabel('姓名', { exact: false }).first().fill(person)
  await dialog.getByRole('button', { name: '保存' }).click()
  await contacts.getByRole('link', { name: person }).waitFor()
})

it('offers undo for ten seconds', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('十秒'), region: '旧' })
  await page.clock.install()
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑地区' }).click()
  await page.getByRole('textbox', { name: '地区' }).fill('新')
  await page.clock.pauseAt(Date.now() + 60_000)
  await page.getByRole('textbox', { name: '地区' }).press('Enter')
  const undo = page.getByRole('button', { name: '撤销', exact: true })
  await undo.waitFor()
  await page.clock.runFor(9_900)
  expect(await undo.isVisible()).toBe(true)
  await page.clock.runFor(200)
  await undo.waitFor({ state: 'detached' })
  await page.clock.resume()
})

it('guards what was typed, is deleted, and comes back', async () => {
  const { page, goto } = app
  const name = unique('待删')
  const account = await create('account', { name })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  await page.getByRole('dialog').getByLabel('地区').fill('未保存')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: '放弃未保存的更改？' }).getByRole('button', { name: '放弃' }).click()
  await page.getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '删除' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await page.getByRole('status').getByText(`已删除 ${name}`).waitFor()
  await page.getByRole('heading', { level: 1, name: '客户' }).waitFor()
  await page.getByRole('button', { name: '撤销', exact: true }).click()
  await page.getByRole('status').getByText('已撤销').waitFor()
  await goto(`/o/account/${account.id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
})

it('finds the other record as one types', async () => {
  const { page, goto } = app
  const parent = unique('集团')
  const parentRecord = await create('account', { name: parent })
  const account = await create('account', { name: unique('子公司') })
  await goto(`/o/account/${account.id}`)
  await page.getByRole('button', { name: '编辑上级客户' }).click()
  const box = page.getByRole('combobox', { name: '上级客户' })
  await box.fill(parent)
  await page.getByRole('option', { name: parent, exact: true }).waitFor()
  await box.press('Enter')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('link', { name: parent }).first().waitFor()
  const now = await api<{ parent_id: string }>('GET', `/records/account/${account.id}`)
  expect(now.parent_id).toBe(parentRecord.id)
})

it('says in words that a record is not there', async () => {
  const { page, goto } = app
  const account = await create('account', { name: unique('消失') })
  await api('DELETE', `/records/account/${account.id}`)
  await goto(`/o/account/${account.id}`)
  await page.getByRole('heading', { name: '找不到这条记录' }).waitFor()
})

it('keeps the formatting of a text that is edited, and adds to it', async () => {
  const { page, goto } = app
  const article = await create('article', { name: unique('文章'), body: '<p>先 <b>备份</b></p>' })
  const body = async () => (await api<{ body: string }>('GET', `/records/article/${article.id}`)).body
  await goto(`/o/article/${article.id}`)
  await page.getByRole('button', { name: '编辑正文' }).click()
  const box = page.getByRole('textbox', { name: '正文' })
  await box.locator('b', { hasText: '备份' }).waitFor()
  await box.press('Control+End')
  await box.press('Enter')
  await page.getByRole('button', { name: '项目符号' }).click()
  await page.keyboard.type('再升级')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Shift+Home')
  await page.getByRole('button', { name: '链接', exact: true }).click()
  await page.getByRole('textbox', { name: '链接地址' }).fill('example.com/up')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('status').getByText('已保存').waitFor()
  expect(await body()).toContain('<b>备份</b>')
  expect(await body()).toMatch(/<li>.*<a href="https:\/\/example\.com\/up"[^>]*>再升级<\/a>.*<\/li>/)
})
