// Lists: scrolling through many, sorting, filtering, columns, saved views, all kept in the URL.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, saved, signIn, unique } from './app.ts'

const mark = unique('列表')
let app: App

beforeAll(async () => {
  const operations = Array.from({ length: 250 }, (_, index) => ({
    op: 'create',
    values: { name: `${mark} ${String(index).padStart(3, '0')}`, employees: index },
  }))
  await api('POST', '/records/account/bulk', { operations, all_or_none: true })
  await create('account', { name: `${mark} 50%_折扣'特价` })
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const total = (text: string) => app.page.getByRole('status').getByText(text, { exact: true })

it('finds by typing, and takes wildcards and quotes for what they are', async () => {
  const { page, goto } = app
  await goto('/o/account')
  const search = page.getByRole('searchbox', { name: '搜索客户' })
  await search.fill(mark)
  await total('共 251 条').waitFor()
  await search.fill(`${mark} 50%_折扣'特`)
  await total('共 1 条').waitFor()
  await page.getByRole('link', { name: `${mark} 50%_折扣'特价` }).waitFor()
  await search.fill('no such thing anywhere')
  await page.getByRole('heading', { name: '没有符合条件的客户' }).waitFor()
  await page.getByRole('button', { name: '清除筛选' }).click()
  await page.getByRole('grid').waitFor()
})

it('scrolls through all pages while only the rows in view exist', async () => {
  const { page, goto } = app
  await goto(
    `/o/account?q=${encodeURIComponent(JSON.stringify(mark))}&sort=${encodeURIComponent('[{"field":"name","desc":false}]')}`,
  )
  await total('共 251 条').waitFor()
  const region = page.getByRole('region', { name: '客户' })
  const last = page.getByRole('link', { name: `${mark} 249` })
  await expect
    .poll(
      async () => {
        await region.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        return last.count()
      },
      { timeout: 15_000 },
    )
    .toBe(1)
  expect(await page.getByRole('row').count()).toBeLessThan(80)
})

it('draws of many columns those in view, and the others as they are scrolled to', async () => {
  const { page, goto } = app
  const { fields } = await api<{ fields: Array<{ name: string; label: string }> }>('GET', '/objects/account')
  const names = fields.map((field) => field.name).filter((name) => name !== 'id' && name !== 'employees')
  const columns = encodeURIComponent(JSON.stringify([...names, 'employees']))
  await goto(`/o/account?columns=${columns}&q=${encodeURIComponent(JSON.stringify(`${mark} 249`))}`)
  await total('共 1 条').waitFor()
  const row = page.getByRole('row', { name: `${mark} 249` })
  await row
    .getByRole('gridcell', { name: `${mark} 249` })
    .first()
    .waitFor()
  expect(await row.getByRole('gridcell').count()).toBeLessThan(names.length)
  expect(await page.getByRole('columnheader').count()).toBe(names.length + 2)
  const region = page.getByRole('region', { name: '客户' })
  await region.evaluate((element) => element.scrollTo(element.scrollWidth, 0))
  const last = page.locator(`[role=gridcell][aria-colindex="${names.length + 2}"]`)
  await expect.poll(() => last.textContent()).toBe('249')
  const head = await page.getByRole('columnheader', { name: '员工人数' }).boundingBox()
  expect((await last.boundingBox())?.x).toBe(head?.x)
})

it('sorts by a heading, filters by the builder, and keeps both over a reload', async () => {
  const { page, goto } = app
  await goto(
    `/o/account?columns=${encodeURIComponent('["name","employees"]')}&q=${encodeURIComponent(JSON.stringify(mark))}`,
  )
  await total('共 251 条').waitFor()
  await page.getByRole('button', { name: '员工人数', exact: true }).click()
  await page
    .getByRole('columnheader', { name: '员工人数' })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor()
  await page.getByRole('button', { name: '员工人数', exact: true }).click()
  await page
    .getByRole('columnheader', { name: '员工人数' })
    .and(page.locator('[aria-sort=descending]'))
    .waitFor()
  await page.getByRole('button', { name: '筛选', exact: true }).click()
  await page.getByRole('button', { name: '添加条件', exact: true }).click()
  await page.getByRole('combobox', { name: '字段 1' }).selectOption({ label: '员工人数' })
  await page.getByRole('combobox', { name: '条件 1' }).selectOption({ label: '大于等于' })
  await page.getByRole('textbox', { name: '值 1' }).fill('240')
  await page.getByText('员工人数 大于等于 240').waitFor()
  await page.keyboard.press('Escape')
  await total('共 10 条').waitFor()
  await page.getByText('已修改').waitFor()
  await page.reload()
  await total('共 10 条').waitFor()
  await page.getByRole('button', { name: '筛选：1 个条件' }).waitFor()
  const first = page.getByRole('row').nth(1).getByRole('link')
  await expect.poll(() => first.textContent()).toBe(`${mark} 249`)
})

it('joins conditions by “or” and by groups, and says so in words', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await total('共 251 条').waitFor()
  await page.getByRole('button', { name: '筛选', exact: true }).click()
  const panel = page.getByRole('dialog', { name: '筛选条件' })
  await panel.getByRole('button', { name: '添加条件', exact: true }).click()
  await panel.getByRole('textbox', { name: '值 1' }).fill(`${mark} 001`)
  await panel.getByRole('button', { name: '添加条件组' }).click()
  const group = panel.getByRole('group', { name: '条件组' })
  await group.getByRole('combobox', { name: '字段' }).first().selectOption({ label: '员工人数' })
  await group.getByRole('combobox', { name: '条件' }).first().selectOption({ label: '小于' })
  await group.getByRole('textbox', { name: '值' }).first().fill('1')
  await panel.getByRole('combobox', { name: '满足' }).first().selectOption({ label: '任一条件（或）' })
  await panel.getByText(`客户名称 包含 ${mark} 001 或 （员工人数 小于 1）`).waitFor()
  await page.keyboard.press('Escape')
  await total('共 2 条').waitFor()
})

it('shows a view of a team to the team, and to nobody else', async () => {
  const label = unique('团队视图')
  const person = async (number: number) => {
    const other = await openOutside()
    await other.goto('/')
    await signIn(other, `sales${number}@demo.example`, 'guanxi-demo')
    return other
  }
  const { records: users } = await api<{ records: Array<{ id: string; email: string; team_id: string }> }>(
    'POST',
    '/query',
    { q: "SELECT id, email, team_id FROM user WHERE email LIKE 'sales%'" },
  )
  const userOf = (number: number) => users.find((user) => user.email === `sales${number}@demo.example`)
  const teamOf = (number: number) => userOf(number)?.team_id
  const numbers = Array.from({ length: 14 }, (_, index) => index + 2)
  const mate = numbers.find((number) => teamOf(number) === teamOf(1)) ?? 0
  const stranger = numbers.find((number) => teamOf(number) !== teamOf(1)) ?? 0
  for (const number of [mate, stranger])
    await api('PUT', `/users/${userOf(number)?.id}/password`, { password: 'guanxi-demo' })
  const first = await person(1)
  await first.goto(`/o/account?filter=${encodeURIComponent('{"field":"employees","op":"<","value":9}')}`)
  await first.page.getByRole('button', { name: '保存视图' }).click()
  await first.page.getByLabel('视图名称').fill(label)
  await first.page.getByLabel('可见范围').selectOption({ label: '本团队' })
  await first.page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await first.page.getByRole('status').getByText('视图已保存').waitFor()
  const sees = async (number: number) => {
    const other = await person(number)
    await other.goto('/o/account')
    await other.page.getByRole('button', { name: /^视图: / }).click()
    await other.page.getByRole('menuitemradio', { name: /全部客户/ }).waitFor()
    const count = await other.page.getByRole('menuitemradio', { name: new RegExp(label) }).count()
    await other.close()
    return count
  }
  expect([await sees(mate), await sees(stranger)]).toEqual([1, 0])
  await first.close()
})

it('shows grey lines while it reads, then why a list is empty and what to do', async () => {
  const { page, goto } = app
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  await page.route('**/api/v1/query', async (route) => {
    await held
    await route.continue()
  })
  await goto('/o/address')
  await page.getByRole('heading', { level: 1, name: '地址' }).waitFor()
  await page.getByRole('status').getByText('正在加载').first().waitFor({ state: 'attached' })
  expect(await page.locator('main .skeleton').first().isVisible()).toBe(true)
  release()
  await page.getByRole('heading', { name: '还没有地址' }).waitFor()
  await page.unroute('**/api/v1/query')
  await page.getByText('新建一条，或从文件导入已有的数据。').waitFor()
  await page.locator('.empty').getByRole('button', { name: '新建地址' }).click()
  await page.getByRole('dialog', { name: '新建地址' }).waitFor()
  await page.keyboard.press('Escape')
})

it('offers somebody who only reads nothing that writes or takes away', async () => {
  const email = `${unique('reader').replace(/\W/g, '')}@example.com`
  const { id } = await create('user', { name: unique('只读'), email, role: 'read_only' })
  await api('PUT', `/users/${id}/password`, { password: 'only reading' })
  const reader = await openOutside({ refused: true })
  await reader.goto('/')
  await signIn(reader, email, 'only reading')
  const { page } = reader
  await reader.goto('/o/product')
  await page.getByRole('grid').getByRole('link').first().waitFor()
  for (const name of ['导出', '新建产品'])
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
  expect(await page.getByRole('link', { name: '导入', exact: true }).count()).toBe(0)
  const refused = await page.evaluate(async () => {
    const body = JSON.stringify({ q: 'SELECT name FROM product', format: 'csv', title: 'x' })
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/v1/exports', { method: 'POST', headers, body })).status
  })
  expect(refused).toBe(403)
  await page.getByRole('grid').getByRole('link').first().click()
  await page.getByRole('button', { name: '更多操作' }).first().waitFor()
  expect(await page.getByRole('button', { name: '编辑', exact: true }).count()).toBe(0)
  expect(reader.complaints).toEqual([])
  await reader.close()
})

it('saves a view, finds it again, and deletes it', async () => {
  const { page, goto } = app
  const name = unique('我的视图')
  await goto(
    `/o/account?filter=${encodeURIComponent(JSON.stringify({ all: [{ field: 'employees', op: '<', value: 3 }] }))}`,
  )
  await page.getByText('已修改').waitFor()
  await page.getByRole('button', { name: '保存视图' }).click()
  await page.getByLabel('视图名称').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('status').getByText('视图已保存').waitFor()
  await page.getByRole('button', { name: `视图: ${name}` }).waitFor()
  await expect.poll(() => page.getByText('已修改').count()).toBe(0)
  await goto('/o/account')
  await page.getByRole('button', { name: /^视图: / }).click()
  await page.getByRole('menuitemradio', { name: new RegExp(name) }).click()
  await page.getByRole('button', { name: '筛选：1 个条件' }).waitFor()
  await page.getByRole('button', { name: `视图: ${name}` }).click()
  await page.getByRole('menuitem', { name: '删除视图' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await page.getByRole('status').getByText('视图已删除').waitFor()
})

it('shows and hides columns', async () => {
  const { page, goto } = app
  await goto('/o/account')
  await page.getByRole('grid').waitFor()
  await page.getByRole('button', { name: '列', exact: true }).click()
  await page.getByRole('checkbox', { name: '员工人数' }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('columnheader', { name: '员工人数' }).waitFor()
})

it('deletes what is selected, and takes it back', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(`${mark} 00`))}`)
  await total('共 10 条').waitFor()
  await page.getByRole('checkbox', { name: `选择 ${mark} 000` }).check()
  await page.getByRole('checkbox', { name: `选择 ${mark} 001` }).check()
  await page.getByRole('button', { name: '删除所选' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await total('共 8 条').waitFor()
  await page.getByRole('button', { name: '撤销', exact: true }).click()
  await total('共 10 条').waitFor()
})

it('exports what the list shows', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(`${mark} 00`))}`)
  await total('共 10 条').waitFor()
  const file = await saved(page, async () => {
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await page.getByRole('menuitem', { name: '导出为 CSV' }).click()
  })
  const text = file.toString('utf8')
  expect(text).toContain('客户名称')
  expect(text).toContain(`${mark} 003`)
  expect(text.trim().split('\n')).toHaveLength(11)
})

it('peeks at a record beside the list', async () => {
  const { page, goto } = app
  await goto(`/o/account?q=${encodeURIComponent(JSON.stringify(`${mark} 007`))}`)
  await page.getByRole('button', { name: `快速查看 ${mark} 007` }).click()
  const panel = page.getByRole('complementary', { name: `快速查看 ${mark} 007` })
  await panel.getByRole('heading', { name: `${mark} 007` }).waitFor()
  expect(page.url()).toContain('peek=')
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
})
