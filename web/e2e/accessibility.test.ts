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
