// axe on every screen, light and dark, in both languages, with pop-ups open.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, closeBrowser, create, open, openOutside, unique } from './app.ts'
import { violations } from './axe.ts'

afterAll(closeBrowser)

it('finds nothing on the sign-in page', async () => {
  const app = await openOutside()
  await app.goto('/')
  expect(await violations(app.page)).toEqual([])
  await app.close()
})

describe.each([
  { theme: 'light', language: 'zh-CN' },
  { theme: 'dark', language: 'en' },
] as const)('$theme, $language', ({ theme, language }) => {
  let app: App
  const ids = { account: '', opportunity: '' }
  const zh = language === 'zh-CN'

  beforeAll(async () => {
    ids.account = (
      await create('account', { name: unique('无障碍'), phone: '13800138000', tags: ['a'], rating: 3 })
    ).id
    const values = { name: unique('无障碍'), account_id: ids.account, amount: '5', stage: 'proposal' }
    ids.opportunity = (await create('opportunity', values)).id
    await create('note', { body: 'note', related_to_id: ids.account })
    app = await open({ theme, language })
  })
  afterAll(() => app.close())

  const check = async () => {
    await app.page.waitForTimeout(400)
    expect(await violations(app.page)).toEqual([])
  }

  it.each([
    ['home', '/'],
    ['list', '/o/account'],
    ['board', '/o/opportunity?view=opportunity.board'],
    ['calendar', '/o/opportunity?kind=calendar&date=close_date'],
    ['search', '/search?q=%E6%97%A0%E9%9A%9C%E7%A2%8D'],
    ['guide', '/guide/lists-and-boards'],
    ['imports', '/imports'],
    ['jobs', '/jobs'],
    ['recycle bin', '/recycle-bin'],
    ['settings', '/settings'],
    ['not found', '/nowhere'],
  ])('%s', async (_, path) => {
    await app.page.goto(path)
    await app.page.waitForLoadState('networkidle')
    await check()
  })

  it('record, its form, and a menu', async () => {
    const { page } = app
    await app.goto(`/o/opportunity/${ids.opportunity}`)
    await page.getByRole('button', { name: zh ? '编辑' : 'Edit', exact: true }).waitFor()
    await check()
    await page.getByRole('button', { name: zh ? '更多操作' : 'More actions' }).click()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: zh ? '编辑' : 'Edit', exact: true }).click()
    await page.locator('.ant-picker input').first().waitFor()
    await check()
    await page.keyboard.press('Escape')
    await app.goto(`/o/account/${ids.account}`)
    await page.locator('.timeline-item').first().waitFor()
    await check()
  })

  it('palette, shortcuts, and a bulk edit with its preview', async () => {
    const { page } = app
    await app.goto('/o/account')
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: zh ? /搜索记录/ : /Find records/ }).fill('a')
    await page.getByRole('option').first().waitFor()
    await check()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: zh ? '键盘快捷键' : 'Keyboard shortcuts' }).waitFor()
    await check()
    await page.keyboard.press('Escape')
    await page
      .getByRole('checkbox', { name: zh ? /^选择 / : /^Select / })
      .first()
      .check()
    await page.getByRole('button', { name: zh ? '批量编辑' : 'Edit selected' }).click()
    const dialog = page.getByRole('dialog', { name: zh ? '批量编辑客户' : 'Bulk edit: Accounts' })
    await dialog.getByLabel(zh ? '字段 1' : 'Field 1').selectOption({ label: zh ? '地区' : 'Region' })
    await dialog.getByLabel(zh ? '地区 的新值' : 'New value of Region').fill('华北')
    await check()
    await dialog.getByRole('button', { name: zh ? '预览变化' : 'Preview changes' }).click()
    await dialog.getByRole('row').nth(1).waitFor()
    await check()
    await page.keyboard.press('Escape')
  })

  it('previews of files, and a new password', async () => {
    const { page } = app
    await app.goto(`/o/account/${ids.account}`)
    const files = { name: '价格.csv', mimeType: 'text/csv', buffer: Buffer.from('产品,单价\n甲,12.50\n') }
    await page.getByTestId('upload').setInputFiles(files)
    await page.getByRole('button', { name: '价格.csv', exact: true }).click()
    await page.getByRole('dialog').getByRole('cell', { name: '12.50' }).waitFor()
    await check()
    await page.keyboard.press('Escape')
    await app.goto('/settings')
    await page.getByRole('button', { name: zh ? '修改密码' : 'Change password' }).click()
    await page.getByLabel(zh ? '当前密码' : 'Current password').waitFor()
    await check()
    await page.keyboard.press('Escape')
  })

  it('filter, columns and account menu', async () => {
    const { page } = app
    await app.goto('/o/account')
    await page.getByRole('grid').waitFor()
    await page.getByRole('button', { name: zh ? '筛选' : 'Filter', exact: true }).click()
    await page.getByRole('button', { name: zh ? '添加条件' : 'Add condition', exact: true }).click()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: zh ? '列' : 'Columns', exact: true }).click()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: zh ? /账户菜单/ : /Account menu/ }).click()
    await check()
  })
})
