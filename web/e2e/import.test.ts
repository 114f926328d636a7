// Importing a file: mapping with values and references, preview, dry run, run, error file, undo.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, saved, unique } from './app.ts'
import { violations } from './axe.ts'

const mark = unique('导入')
let app: App

beforeAll(async () => {
  await create('account', { name: `${mark}客户` })
  await create('product', { name: `${mark} GTX Pro` })
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const csv = [
  '商机名称,客户,产品,阶段,金额,成交日',
  `${mark} 一,${mark}客户,GTXPro,Won,1054,2017-03-01`,
  `${mark} 二,${mark}客户,GTXPro,Won,"4,514.50",2017-03-11`,
  `${mark} 三,没有这个客户,GTXPro,Won,50,2017-03-07`,
  `${mark} 四,${mark}客户,GTXPro,Engaging,,`,
].join('\r\n')

const count = (q: string) =>
  api<{ records: Array<{ n: number }> }>('POST', '/query', { q }).then((page) => page.records[0]?.n ?? 0)
const imported = () => count(`SELECT COUNT(id) n FROM opportunity WHERE name LIKE '${mark}%'`)

it('goes from the file to the records and back', async () => {
  const { page } = app
  await app.goto('/imports?object=opportunity')
  await page
    .getByLabel('选择文件')
    .setInputFiles({ name: '商机.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })

  await page.getByRole('heading', { name: /导入到商机/ }).waitFor()
  const field = (column: string) => page.getByLabel(`导入到字段: ${column}`)
  await field('商机名称').selectOption({ label: '商机名称 *' })
  await field('客户').selectOption({ label: '客户' })
  await field('产品').selectOption({ label: '主要产品' })
  await field('阶段').selectOption({ label: '阶段' })
  await field('金额').selectOption({ label: '金额' })
  await field('成交日').selectOption({ label: '预计成交日期' })
  await page.getByRole('button', { name: /^产品 值对照/ }).click()
  await page.getByLabel('导入为: GTXPro').fill(`${mark} GTX Pro`)
  await page.getByRole('button', { name: '应用' }).click()
  await page.getByRole('button', { name: /^阶段 值对照/ }).click()
  await page.getByLabel('导入为: Engaging').selectOption({ label: '需求确认' })
  await page.getByLabel('导入为: Won').selectOption({ label: '赢单' })
  await page.getByRole('button', { name: '应用' }).click()
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: '下一步' }).click()

  const preview = page.getByRole('region', { name: '预览' })
  await preview.getByRole('row', { name: new RegExp(`${mark} 一`) }).waitFor()
  expect(await preview.locator('td.wrong').count()).toBe(1)
  await page.getByRole('button', { name: '开始试运行' }).click()
  await page.getByText('试运行完成，尚未写入数据').waitFor()
  expect(await imported()).toBe(0)
  expect(await violations(page)).toEqual([])

  await page.getByRole('button', { name: /导入 .*行/ }).click()
  await page.getByRole('heading', { name: '导入完成' }).waitFor()
  expect(await imported()).toBe(3)
  expect(await violations(page)).toEqual([])
  const errors = await saved(page, () => page.getByRole('link', { name: '下载出错的行' }).click())
  expect(errors.toString('utf8')).toContain('没有这个客户')

  await page.getByRole('link', { name: '查看商机' }).click()
  await page
    .getByRole('link', { name: `${mark} 一` })
    .first()
    .waitFor()
  await page.goBack()
  await page.getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByRole('heading', { name: '导入已撤销' }).waitFor()
  expect(await imported()).toBe(0)

  await app.goto('/imports')
  await page
    .getByRole('link', { name: /商机\.csv.*已撤销/ })
    .first()
    .waitFor()
  await app.goto('/jobs')
  await page
    .getByRole('row', { name: /撤销导入/ })
    .first()
    .waitFor()
})

it('keeps what was chosen so far as a draft', async () => {
  const { page } = app
  const file = `${unique('草稿')}.csv`
  await app.goto('/imports?object=account')
  await page.getByLabel('选择文件').setInputFiles({
    name: file,
    mimeType: 'text/csv',
    buffer: Buffer.from('客户名称,别的\r\n甲,乙\r\n'),
  })
  const other = page.getByLabel('导入到字段: 别的')
  const patched = () =>
    page.waitForResponse(
      (response) => response.request().method() === 'PATCH' && response.url().includes('/api/v1/imports/'),
    )
  const kept = patched()
  await other.selectOption({ label: '地区' })
  expect((await kept).ok()).toBe(true)
  await page.reload()
  await expect.poll(() => other.locator('option:checked').textContent()).toBe('地区')
  await app.goto('/imports')
  const draft = page.getByRole('link', { name: new RegExp(`${file}.*草稿`) })
  await draft.click()
  await expect.poll(() => other.locator('option:checked').textContent()).toBe('地区')
  // A choice does not lead back to the top, and is kept though one leaves at once.
  await page.setViewportSize({ width: 1440, height: 320 })
  const top = () => page.locator('.wizard-body').evaluate((body) => body.scrollTop)
  await page.locator('.wizard-body').evaluate((body) => body.scrollTo(0, 30))
  const before = await top()
  expect(before).toBeGreaterThan(0)
  const again = patched()
  await other.selectOption({ label: '电话' })
  expect((await again).ok()).toBe(true)
  await expect.poll(() => other.locator('option:checked').textContent()).toBe('电话')
  expect(await top()).toBe(before)
  await page.setViewportSize({ width: 1440, height: 900 })
  const last = patched()
  await other.selectOption({ label: '网站' })
  await page.getByRole('link', { name: '返回' }).click()
  expect((await last).ok()).toBe(true)
  await draft.click()
  await expect.poll(() => other.locator('option:checked').textContent()).toBe('网站')
})

it('is cancelled while it runs, keeps what is written, and takes it back', async () => {
  const { page } = app
  const many = unique('取消')
  const lines = Array.from({ length: 400_000 }, (_, index) => `${many} ${index},${index % 900}`)
  const file = Buffer.from(`客户名称,员工人数\r\n${lines.join('\r\n')}\r\n`)
  await app.goto('/imports?object=account')
  await page.getByLabel('选择文件').setInputFiles({ name: '很多.csv', mimeType: 'text/csv', buffer: file })
  await page.getByRole('button', { name: '下一步' }).click({ timeout: 60_000 })
  await page.getByRole('button', { name: '导入 400,000 行' }).click()
  await page.waitForURL(/\/imports\/\d+/)
  await page.reload()
  await page
    .getByRole('status')
    .getByText(/^[1-9][\d,]* \/ 400,000 行$/)
    .waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: '取消导入' }).click()
  await page.getByRole('heading', { name: '导入已取消' }).waitFor({ timeout: 60_000 })
  await page.getByText('已写入的行会保留，可以撤销。').waitFor()
  expect(await violations(page)).toEqual([])

  const written = () => count(`SELECT COUNT(id) n FROM account WHERE name LIKE '${many}%'`)
  const created = page.locator('.counts > div').filter({ hasText: '新建' }).locator('dd')
  const kept = await written()
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(400_000)
  expect(await created.textContent()).toBe(kept.toLocaleString('en'))
  await page.getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByRole('heading', { name: '导入已撤销' }).waitFor({ timeout: 60_000 })
  expect(await written()).toBe(0)
}, 180_000)
