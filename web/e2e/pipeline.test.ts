// A new user brings in a whole sales pipeline by hand, as the guide says, finds its figures, and takes it back.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, closeBrowser, openOutside, signIn } from './app.ts'
import { type Server, startDemo } from './server.ts'

const data = process.env.GUANXI_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const folder = join(data, 'crm-opportunities')
const present = existsSync(join(folder, 'sales_pipeline.csv'))
if (!present)
  console.warn(`The real pipeline is not tested: no ${folder}. GUANXI_TEST_DATA names its parent.`)

describe.skipIf(!present)('a new user imports the real pipeline', () => {
  let server: Server
  let app: App

  beforeAll(async () => {
    server = await startDemo('--empty')
    app = await openOutside({ url: server.url })
    await app.goto('/')
    await signIn(app, server.email, server.password)
  })
  afterAll(async () => {
    expect(app.complaints).toEqual([])
    await closeBrowser()
    await server.stop()
  })

  const openList = (object: string) =>
    app.page.getByRole('navigation').getByRole('link', { name: object, exact: true }).first().click()
  const total = (text: string) => app.page.getByRole('status').getByText(text, { exact: true }).waitFor()
  const column = (stage: string, count: string) =>
    app.page.getByRole('region', { name: `${stage}，${count} 条`, exact: true })

  /** From the object's list to the mapping of the file, as the server suggests it. */
  async function upload(object: string, file: string) {
    const { page } = app
    await openList(object)
    await page.getByRole('heading', { level: 1, name: object, exact: true }).waitFor()
    await page.getByRole('link', { name: '导入', exact: true }).and(page.locator('main *')).click()
    await page.getByLabel('选择文件').setInputFiles(join(folder, file))
    await page.getByRole('heading', { name: new RegExp(`导入到${object}`) }).waitFor()
  }

  const missing = (header: string, what: string) =>
    app.page.getByLabel(`找不到时: ${header}`, { exact: true }).selectOption(what)
  const currency = (name: string) => app.page.getByLabel('金额币种').selectOption(name)

  /** From the mapping over preview and dry run to the end; every row must come in. */
  async function run(object: string, rows: string) {
    const { page } = app
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('region', { name: '预览' }).getByRole('row').nth(1).waitFor()
    expect(await page.locator('td.wrong').count()).toBe(0)
    await page.getByRole('button', { name: '开始试运行' }).click()
    await page.getByText('试运行完成，尚未写入数据').waitFor({ timeout: 60_000 })
    await counts('新建', rows)
    await counts('失败', '0')
    await page.getByRole('button', { name: `导入 ${rows} 行` }).click()
    await page.getByRole('heading', { name: '导入完成' }).waitFor({ timeout: 60_000 })
    await counts('新建', rows)
    await counts('失败', '0')
    await page.getByRole('link', { name: `查看${object}` }).click()
  }
  const counts = (name: string, value: string) =>
    app.page
      .locator('.counts > div')
      .filter({ has: app.page.getByText(name, { exact: true }) })
      .getByText(value, { exact: true })
      .waitFor()

  it('brings in accounts and products as suggested', async () => {
    await upload('客户', 'accounts.csv')
    await currency('USD')
    await run('客户', '85')
    await total('共 85 条')
    await upload('产品', 'products.csv')
    await currency('USD')
    await run('产品', '7')
    await total('共 7 条')
  })

  it('brings in the salespeople, making their managers and offices', async () => {
    await upload('用户', 'sales_teams.csv')
    await missing('manager', 'create')
    await missing('regional_office', 'create')
    await run('用户', '35')
    await total('共 42 条')
  })

  it('brings in the deals, with one spelling put right', async () => {
    const { page } = app
    await upload('商机', 'sales_pipeline.csv')
    await currency('USD')
    const name = await page.getByLabel('默认值：商机名称').inputValue()
    expect(name).toContain('{opportunity_id}')
    await page.getByRole('button', { name: /^product 值对照/ }).click()
    await page.getByLabel('导入为: GTXPro').fill('GTX Pro')
    await page.getByRole('button', { name: '应用' }).click()
    await run('商机', '8,800')
    await total('共 8,800 条')
  }, 120_000)

  it('shows the figures of the pipeline on the board', async () => {
    const { page } = app
    await openList('商机')
    await page.getByRole('button', { name: '看板', exact: true }).click()
    await column('初步接洽', '500').waitFor()
    await column('需求确认', '1589').waitFor()
    await column('输单', '2473').waitFor()
    const won = column('赢单', '4238')
    await won.getByText('4,238', { exact: true }).waitFor()
    expect(await won.locator('.board-sum').getAttribute('title')).toBe('$10,005,534.00')
  })

  it('moves a deal and takes the move back', async () => {
    const { page } = app
    const card = column('初步接洽', '500').getByRole('article').first()
    await card.getByRole('button', { name: /^移动到…/ }).click()
    await page.getByRole('menuitemradio', { name: '需求确认' }).click()
    await column('需求确认', '1590').waitFor()
    await column('初步接洽', '499').waitFor()
    await page.getByRole('button', { name: '撤销', exact: true }).click()
    await column('需求确认', '1589').waitFor()
    await column('初步接洽', '500').waitFor()
  })

  async function undone(): Promise<{ reverted: number; kept: number }> {
    const answer = await app.page.request.get('/api/v1/jobs')
    const { jobs } = (await answer.json()) as {
      jobs: Array<{ kind: string; result: { reverted: number; conflict_count: number } }>
    }
    const result = jobs.find((job) => job.kind === 'undo_import')?.result
    if (!result) throw new Error('no undo of an import among the jobs')
    return { reverted: result.reverted, kept: result.conflict_count }
  }

  it('takes the whole import of deals back from the history', async () => {
    const { page } = app
    await page.getByRole('navigation').getByRole('link', { name: '导入', exact: true }).first().click()
    await page.getByRole('link', { name: /sales_pipeline\.csv.*已完成/ }).click()
    await page.getByRole('button', { name: '撤销这次导入' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '撤销这次导入' }).click()
    await page.getByRole('heading', { name: '导入已撤销' }).waitFor({ timeout: 60_000 })
    const { reverted, kept } = await undone()
    expect(reverted + kept).toBe(8800)
    // Nobody's work is lost: the server may count the deal that was moved and moved back as changed since.
    expect(kept).toBeLessThanOrEqual(1)
    await page.getByText(`已收回 ${reverted.toLocaleString('en')} 处写入。`).waitFor()
    if (kept > 0) await page.getByText('1 处因之后被修改而保留。').waitFor()
    await openList('商机')
    await (kept > 0 ? total('共 1 条') : page.getByRole('heading', { name: '还没有商机' }).waitFor())
    await openList('客户')
    await total('共 85 条')
  }, 120_000)
})
