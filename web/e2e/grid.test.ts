// The table as a grid: moved through and edited by keyboard, saved at once, taken back when refused, merged when in dispute.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('表格')
const columns = [
  'name',
  'region',
  'employees',
  'classification',
  'annual_revenue',
  'parent_id',
  'phone',
  'created_at',
]
const list = (part: Record<string, unknown> = {}) => {
  const search = { columns, q: mark, sort: [{ field: 'name', desc: false }], ...part }
  return `/o/account?${Object.entries(search)
    .map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`)
    .join('&')}`
}
let app: App
const ids: string[] = []

beforeAll(async () => {
  for (const letter of ['甲', '乙', '丙']) {
    const { id } = await create('account', { name: `${mark} ${letter}`, region: '华东', employees: 10 })
    ids.push(id)
  }
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const rowOf = (letter: string) => app.page.getByRole('row', { name: `${mark} ${letter}` })
const cell = (letter: string, column: string) =>
  rowOf(letter).locator(`[aria-colindex="${columns.indexOf(column) + 2}"]`)
const focused = () => app.page.evaluate(() => document.activeElement?.textContent ?? '')
const record = (at: number) => api<Record<string, unknown>>('GET', `/records/account/${ids[at]}`)

// The order of the rows is that of the names in the database.
async function letters(): Promise<string[]> {
  const links = await app.page.getByRole('grid').getByRole('link').allTextContents()
  return links.filter((text) => text.startsWith(mark)).map((text) => text.slice(-1))
}
const idOf = (letter: string) => ids[['甲', '乙', '丙'].indexOf(letter)] ?? ''
const region = async (letter: string) =>
  (await api<{ region: string }>('GET', `/records/account/${idOf(letter)}`)).region

it('is one stop for Tab, and arrow keys move in it', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = '', second = ''] = await letters()
  await cell(first, 'region').click()
  await page.keyboard.press('ArrowDown')
  await expect
    .poll(() => cell(second, 'region').evaluate((element) => element === document.activeElement))
    .toBe(true)
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toBe('10')
  await page.keyboard.press('Home')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-colindex'))).toBe('1')
  await page.keyboard.press('Space')
  await page.getByRole('status').getByText('已选 1 条').waitFor()
  await page.keyboard.press('Space')
  expect(await page.locator('[role=gridcell][tabindex="0"]').count()).toBe(1)
  expect(await violations(page)).toEqual([])
})

it('edits by typing, Enter, Tab and Esc, and shows the new value at once', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = '', second = ''] = await letters()
  // The server is not asked before the new value is seen.
  let release = () => {}
  const seen = new Promise<void>((done) => {
    release = done
  })
  await page.route('**/api/v1/records/account/*', async (route) => {
    if (route.request().method() === 'PATCH') await seen
    await route.continue()
  })
  await cell(first, 'region').click()
  await page.keyboard.type('Southwest')
  await page.keyboard.press('Enter')
  await cell(first, 'region').getByText('Southwest', { exact: true }).waitFor()
  expect(await region(first)).toBe('华东')
  release()
  await expect.poll(() => region(first)).toBe('Southwest')
  await page.unroute('**/api/v1/records/account/*')
  // Enter leads to the row below; F2 edits what is there, Esc gives up, Tab saves and goes on.
  await expect
    .poll(() => cell(second, 'region').evaluate((element) => element === document.activeElement))
    .toBe(true)
  await page.keyboard.press('F2')
  await page.keyboard.type('dropped')
  await page.keyboard.press('Escape')
  await expect.poll(focused).toBe('华东')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: '地区' }).fill('西北')
  await page.keyboard.press('Tab')
  await expect.poll(focused).toBe('10')
  await page.keyboard.type('25')
  await page.keyboard.press('Shift+Tab')
  await expect.poll(focused).toBe('西北')
  await expect
    .poll(
      async () => (await api<Record<string, unknown>>('GET', `/records/account/${idOf(second)}`)).employees,
    )
    .toBe(25)
  expect(await region(second)).toBe('西北')
  const told = page.getByRole('status').filter({ hasText: `${mark} ${second} 的员工人数` })
  await told.getByRole('button', { name: '撤销', exact: true }).click()
  await cell(second, 'employees').getByText('10', { exact: true }).waitFor()
})

it('edits choices, references and amounts, and names what was chosen', async () => {
  const { page, goto } = app
  const parent = unique('集团总部')
  await create('account', { name: parent })
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = ''] = await letters()
  await cell(first, 'classification').dblclick()
  await page.getByRole('combobox', { name: '客户分类' }).selectOption({ label: '重要客户' })
  await page.keyboard.press('Enter')
  await cell(first, 'classification').getByText('重要客户').waitFor()
  await cell(first, 'parent_id').click()
  await page.keyboard.press('F2')
  await page.getByRole('combobox', { name: '上级客户' }).fill(parent)
  await page.getByRole('option', { name: parent, exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await cell(first, 'parent_id').getByRole('link', { name: parent }).waitFor()
  await cell(first, 'annual_revenue').click()
  await page.keyboard.type('32000.5')
  await page.keyboard.press('Enter')
  await cell(first, 'annual_revenue').getByText('¥32,000.50').waitFor()
  await expect
    .poll(
      async () =>
        (await api<{ annual_revenue: unknown }>('GET', `/records/account/${idOf(first)}`)).annual_revenue,
    )
    .toEqual({ amount: '32000.50', currency: 'CNY' })
})

it('does not save while an input method composes, and edits nothing that cannot be edited', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = ''] = await letters()
  await cell(first, 'region').dblclick()
  const box = page.getByRole('textbox', { name: '地区' })
  await box.fill('huadong')
  await box.evaluate((element) =>
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: true }),
    ),
  )
  expect(await box.isVisible()).toBe(true)
  await box.press('Escape')
  await cell(first, 'created_at').click()
  await page.keyboard.press('Enter')
  expect(await page.locator('.cell-editor').count()).toBe(0)
})

it('puts the old value back, with the reason, when the server refuses', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [, , third = ''] = await letters()
  await cell(third, 'employees').click()
  await page.keyboard.type('-5')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('员工人数').or(page.getByRole('alert')).first().waitFor()
  await cell(third, 'employees').getByText('10', { exact: true }).waitFor()
})

it('asks when somebody else changed the same cell', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [, , third = ''] = await letters()
  await cell(third, 'region').dblclick()
  await page.getByRole('textbox', { name: '地区' }).fill('我的值')
  await api('PATCH', `/records/account/${idOf(third)}`, { region: '他人的值' })
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: '地区已被他人修改' })
  await dialog.getByText('他人的值').waitFor()
  await dialog.getByRole('button', { name: '保留我的值' }).click()
  await expect.poll(() => region(third)).toBe('我的值')
  await cell(third, 'region').getByText('我的值').waitFor()
})

it('peeks with Space, and goes on with J and K', async () => {
  const { page, goto } = app
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = '', second = ''] = await letters()
  await cell(first, 'region').click()
  await page.keyboard.press('Space')
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${mark} ${first}` })
    .waitFor()
  await page.keyboard.press('j')
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${mark} ${second}` })
    .waitFor()
  expect(page.url()).toContain(idOf(second))
  await page.keyboard.press('k')
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${mark} ${first}` })
    .waitFor()
  expect(await violations(page)).toEqual([])
  await page.reload()
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${mark} ${first}` })
    .waitFor()
  await page.getByRole('button', { name: '下一条（J）' }).click()
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${mark} ${second}` })
    .waitFor()
})

it('moves, widens, pins and hides columns, and keeps it in a view', async () => {
  const { page, goto } = app
  const name = unique('列设置')
  await goto(list())
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const choose = async (column: string, item: string) => {
    await page.getByRole('button', { name: `${column} 列菜单` }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const heads = () => page.getByRole('columnheader').allTextContents()
  await choose('员工人数', '左移')
  await expect.poll(async () => (await heads()).slice(1, 3).join()).toBe('客户名称,员工人数')
  const width = async () => (await page.getByRole('columnheader', { name: '地区' }).boundingBox())?.width ?? 0
  const before = await width()
  await choose('地区', '加宽')
  await expect.poll(width).toBe(before + 40)
  const edge = await page.getByRole('columnheader', { name: '地区' }).boundingBox()
  if (!edge) throw new Error('no heading')
  await page.mouse.move(edge.x + edge.width - 3, edge.y + 15)
  await page.mouse.down()
  await page.mouse.move(edge.x + edge.width + 57, edge.y + 15, { steps: 5 })
  await page.mouse.up()
  await expect.poll(width).toBe(before + 100)
  await choose('客户名称', '固定到此列')
  await choose('电话', '隐藏此列')
  await expect.poll(async () => (await heads()).includes('电话')).toBe(false)
  const region = page.getByRole('region', { name: '客户', exact: true })
  await region.evaluate((element) => element.scrollTo(2_000, 0))
  const [first = ''] = await letters()
  const box = await cell(first, 'name').boundingBox()
  const frame = await region.boundingBox()
  expect((box?.x ?? 0) - (frame?.x ?? 0)).toBe(40)
  await page.getByRole('button', { name: '保存视图' }).click()
  await page.getByLabel('视图名称').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: `视图: ${name}` }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: `视图: ${name}` }).waitFor()
  await expect.poll(width).toBe(before + 100)
  await expect.poll(async () => (await heads()).slice(1, 3).join()).toBe('客户名称,员工人数')
  // One's own default opens the object.
  await page.getByRole('button', { name: `视图: ${name}` }).click()
  await page.getByRole('menuitem', { name: '设为默认视图' }).click()
  await page.getByRole('status').getByText('视图已保存').waitFor()
  await goto('/o/account')
  await page.getByRole('button', { name: `视图: ${name}` }).click()
  await page.getByRole('menuitem', { name: '删除视图' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await page.getByRole('status').getByText('视图已删除').waitFor()
  expect(await record(0)).toBeTruthy()
})

it('edits many at once: counted, previewed, applied, taken back', async () => {
  const { page, goto } = app
  await goto(list({ columns: ['name', 'region', 'source'] }))
  await page.getByRole('status').getByText('共 3 条', { exact: true }).waitFor()
  const [first = ''] = await letters()
  await page.getByRole('checkbox', { name: `选择 ${mark} ${first}` }).check()
  await page.getByRole('button', { name: '选择全部 3 条' }).click()
  await page.getByRole('status').getByText('已选全部 3 条').waitFor()
  await page.getByRole('button', { name: '批量编辑' }).click()
  const dialog = page.getByRole('dialog', { name: '批量编辑客户' })
  await dialog.getByLabel('字段 1').selectOption({ label: '地区' })
  await dialog.getByLabel('地区 的新值').fill('东北')
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: '预览变化' }).click()
  await dialog.getByText('将修改 3 条记录。').waitFor()
  await dialog
    .getByRole('row', { name: new RegExp(`${mark} ${first}`) })
    .getByText('东北')
    .waitFor()
  expect(await violations(page)).toEqual([])
  const before = await Promise.all(['甲', '乙', '丙'].map(region))
  expect(before).not.toContain('东北')
  await dialog.getByRole('button', { name: '修改 3 条记录' }).click()
  await dialog.getByText('已修改 3 条，0 条没有变化，0 条被拒绝。').waitFor()
  expect(await Promise.all(['甲', '乙', '丙'].map(region))).toEqual(['东北', '东北', '东北'])
  await dialog.getByRole('button', { name: '撤销' }).click()
  await page.getByRole('status').getByText('已撤销').waitFor()
  expect(await Promise.all(['甲', '乙', '丙'].map(region))).toEqual(before)
})

it('takes a bulk edit of thousands back in the background, and says so', async () => {
  const { page, goto } = app
  const many = unique('成批')
  const operations = Array.from({ length: 2_050 }, (_, index) => ({
    op: 'create',
    values: { name: `${many} ${index}`, region: '华东' },
  }))
  await api('POST', '/records/account/bulk', { operations, all_or_none: true })
  const changed = async () => {
    const q = `SELECT COUNT(id) n FROM account WHERE name LIKE '${many}%' AND region = '东北'`
    return (await api<{ records: Array<{ n: number }> }>('POST', '/query', { q })).records[0]?.n
  }
  await goto(list({ q: many, columns: ['name', 'region'] }))
  await page
    .getByRole('checkbox', { name: `选择 ${many}` })
    .first()
    .check()
  await page.getByRole('button', { name: '选择全部 2,050 条' }).click()
  await page.getByRole('button', { name: '批量编辑' }).click()
  const dialog = page.getByRole('dialog', { name: '批量编辑客户' })
  await dialog.getByLabel('字段 1').selectOption({ label: '地区' })
  await dialog.getByLabel('地区 的新值').fill('东北')
  await dialog.getByRole('button', { name: '预览变化' }).click()
  await dialog.getByRole('button', { name: /^修改 2,?050 条记录$/ }).click()
  await dialog.getByText(/已修改 2,?050 条/).waitFor({ timeout: 45_000 })
  expect(await changed()).toBe(2_050)
  await dialog.getByRole('button', { name: '撤销' }).click()
  await page
    .getByRole('status')
    .getByText('涉及的记录较多，正在后台撤销；可在“后台任务”中查看进度。')
    .waitFor()
  await expect.poll(changed, { timeout: 45_000 }).toBe(0)
  await goto('/jobs')
  await page
    .getByRole('row', { name: /撤销大批修改.*已撤销 2,050 处修改。/ })
    .first()
    .waitFor()
}, 150_000)

it('says which records of a bulk edit were refused, and why', async () => {
  const { page, goto } = app
  await goto(list({ columns: ['name', 'employees'] }))
  await page.getByRole('checkbox', { name: '全选已加载的行' }).check()
  await page.getByRole('button', { name: '批量编辑' }).click()
  const dialog = page.getByRole('dialog', { name: '批量编辑客户' })
  await dialog.getByLabel('字段 1').selectOption({ label: '员工人数' })
  await dialog.getByLabel('员工人数 的新值').fill('-1')
  await dialog.getByRole('button', { name: '预览变化' }).click()
  await dialog.getByRole('button', { name: '修改 3 条记录' }).click()
  await dialog.getByText('已修改 0 条，0 条没有变化，3 条被拒绝。').waitFor()
  expect(await dialog.getByRole('list', { name: '被拒绝的记录' }).getByRole('listitem').count()).toBe(3)
})
