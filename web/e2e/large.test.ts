// Screens on an organisation with millions of records (`make e2e-large`): every one asks for what it shows, never for a whole table.
// Left out where the server is not known to be that large.
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, api, closeBrowser, open } from './app.ts'

const large = process.env.E2E_LARGE !== undefined
if (!large)
  console.info('left out: screens at size L (`make e2e-large` makes such an organisation and opens them)')

/** The most that one answer may bring. */
const mostBytes = 1_000_000
const mostRecords = 2_000

interface Answer {
  what: string
  bytes: number
  records: number
  ms: number
}

const answers: Answer[] = []
let app: App

/** How many records an answer of the API holds, however it groups them. */
function recordsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + Math.max(1, recordsIn(item)), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Math.max(0, ...Object.values(value).map(recordsIn))
}

function watch({ page }: App) {
  page.on('response', async (response) => {
    const request = response.request()
    const { pathname, search } = new URL(response.url())
    if (!pathname.startsWith('/api/v1/') || pathname.endsWith('/events')) return
    const body = await response.body().catch(() => null)
    if (body === null) return
    const timing = request.timing()
    const text = body.toString('utf8')
    const json = response.headers()['content-type']?.includes('json') ? JSON.parse(text) : null
    answers.push({
      what: `${request.method()} ${pathname}${decodeURIComponent(search)} ${request.postData() ?? ''}`,
      bytes: body.length,
      records: recordsIn(json),
      ms: timing.responseEnd - timing.requestStart,
    })
  })
}

/** Nothing brought more than a screen or a few need; the slowest are told. */
function judge() {
  expect(answers.length).toBeGreaterThan(0)
  const over = answers.filter(({ bytes, records }) => bytes > mostBytes || records > mostRecords)
  expect(over).toEqual([])
  for (const { what, ms, records } of answers.toSorted((a, b) => b.ms - a.ms).slice(0, 3)) {
    console.info(`${Math.round(ms)} ms, ${records} records: ${what.slice(0, 400)}`)
  }
  answers.length = 0
}

const rows = () => app.page.locator('[role=row] a')
const total = () => app.page.getByRole('status').getByText(/^共 [\d,]+ 条$/)
const param = (value: unknown) => encodeURIComponent(JSON.stringify(value))

/** A name that no record has. */
const nothing = '没有这样的公司'

/** Types into a lookup, and waits until it shows what there is. */
async function lookUp(box: Locator, text: string) {
  const { page } = app
  await box.click()
  await box.fill(text)
  const found = page.getByRole('option').filter({ hasText: text })
  await (text === nothing ? page.getByText('没有匹配的结果', { exact: true }) : found).first().waitFor()
  await page.getByText('正在搜索…').waitFor({ state: 'detached' })
}

/** The order of a list as its address has it: `department, name desc`. */
function by(order: string): string {
  const keys = order.split(', ').map((key) => key.split(' '))
  return `sort=${param(keys.map(([field, desc]) => ({ field, desc: desc === 'desc' })))}`
}

describe.skipIf(!large)('at size L', () => {
  beforeAll(async () => {
    const { records } = await api<{ records: Array<{ n: number }> }>('POST', '/query', {
      q: 'SELECT COUNT(id) n FROM contact',
    })
    expect(records[0]?.n).toBeGreaterThanOrEqual(1_000_000)
    while (!(await api<{ complete: boolean }>('GET', '/search?q=a')).complete) {
      await new Promise((done) => setTimeout(done, 2_000))
    }
    app = await open()
    app.page.setDefaultTimeout(60_000)
    watch(app)
  }, 1_300_000)
  afterAll(async () => {
    expect(app?.complaints).toEqual([])
    await closeBrowser()
  })

  it.each(['account', 'contact', 'opportunity', 'task', 'call', 'meeting', 'note'])(
    'opens the list of %s',
    async (object) => {
      await app.goto(`/o/${object}?view=${object}.all`)
      await rows().first().waitFor()
      await total().waitFor()
      judge()
    },
  )

  it.each([
    ['contact', 'email'],
    ['contact', 'created_at desc'],
    ['contact', 'title'],
    ['contact', 'department, name desc'],
    ['contact', 'account_id'],
    ['account', 'employees desc'],
    ['account', 'annual_revenue desc'],
    ['opportunity', 'amount desc'],
    ['opportunity', 'name'],
    ['task', 'created_at desc'],
    ['call', 'duration desc'],
  ])('sorts %s by %s', async (object, order) => {
    await app.goto(`/o/${object}?view=${object}.all&${by(order)}`)
    await rows().first().waitFor()
    judge()
  })

  it.each([
    ['contact', { field: 'title', op: '=', value: '总经理' }],
    ['contact', { field: 'mobile', op: 'contains', value: '1234' }],
    [
      'account',
      {
        all: [
          { field: 'region', op: '=', value: '华东' },
          { field: 'employees', op: '>', value: 5_000 },
        ],
      },
    ],
    ['opportunity', { field: 'amount', op: '>', value: '1000000' }],
    ['opportunity', { field: 'account.region', op: '=', value: '华南' }],
    [
      'task',
      {
        all: [
          { field: 'status', op: '=', value: 'open' },
          { field: 'due_date', op: '<', value: { literal: 'TODAY' } },
        ],
      },
    ],
    ['call', { field: 'owner_id', op: '=', value: { literal: 'ME' } }],
    ['note', { field: 'body', op: 'contains', value: '等保三级' }],
  ])('filters %s by %j', async (object, filter) => {
    await app.goto(`/o/${object}?filter=${param(filter)}`)
    await total().or(app.page.getByText('没有符合条件的')).first().waitFor()
    judge()
  })

  it('finds in a list what one types', async () => {
    await app.goto(`/o/contact?q=${param('王秀')}`)
    await rows().first().waitFor()
    judge()
  })

  it('pages on through thousands of rows, and shows the end by turning the order', async () => {
    const { page, goto } = app
    await goto(`/o/contact?${by('name')}`)
    await rows().first().waitFor()
    const region = page.getByRole('region', { name: '联系人' })
    const height = () => region.evaluate((element) => element.scrollHeight)
    await expect
      .poll(
        async () => {
          await region.evaluate((element) => element.scrollTo(0, element.scrollHeight))
          return height()
        },
        { timeout: 60_000, interval: 30 },
      )
      .toBeGreaterThan(3_000 * 30)
    expect(await page.getByRole('row').count()).toBeLessThan(80)
    judge()
    await page.getByRole('button', { name: '姓名', exact: true }).click()
    await page.locator('[aria-sort=descending]').waitFor()
    await rows().first().waitFor()
    judge()
  })

  it.each([
    ['opportunity', 'opportunity.board'],
    ['task', 'task.board'],
    ['account', 'account.by_class'],
  ])('opens the board of %s', async (object, view) => {
    await app.goto(`/o/${object}?view=${view}`)
    await app.page.locator('.board-card a').first().waitFor()
    await app.page.waitForLoadState('networkidle').catch(() => {})
    await app.page.locator('.board-count').first().waitFor()
    judge()
  })

  it.each([
    ['meeting', 'start_at'],
    ['opportunity', 'close_date'],
    ['task', 'due_date'],
  ])('opens the calendar of %s', async (object, date) => {
    const day = new Date().toISOString().slice(0, 10)
    await app.goto(`/o/${object}?kind=calendar&date=${date}&day=${day}`)
    await app.page.locator('main').getByRole('button', { name: '下一页' }).waitFor()
    const none = app.page.getByRole('status').getByText('这段时间没有')
    await app.page.locator('.calendar-entry').or(none).first().waitFor()
    judge()
  })

  it('looks up an account for a contact, and a record for a task', async () => {
    const { page, goto } = app
    await goto('/o/contact')
    await rows().first().waitFor()
    await page.getByRole('button', { name: '新建联系人' }).click()
    const box = page.getByRole('dialog').getByRole('combobox', { name: '客户', exact: true })
    for (const text of ['', '苏州', '恒瑞', nothing]) await lookUp(box, text)
    await goto('/o/task?view=task.all')
    await rows().first().waitFor()
    await page.getByRole('button', { name: '新建任务' }).click()
    const related = page.getByRole('dialog').getByRole('combobox', { name: '相关记录' })
    for (const text of ['', '恒瑞', nothing]) await lookUp(related, text)
    judge()
  })

  it('searches in the palette, in the box and on the page', async () => {
    const { page, goto } = app
    await goto('/')
    await page.locator('.home-figures').waitFor()
    judge()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('hengrui', { delay: 40 })
    await page.locator('[role=option]').first().waitFor()
    await page.waitForTimeout(1_000)
    await page.keyboard.press('Escape')
    const box = page.getByRole('combobox', { name: '搜索全部记录' })
    for (const text of ['王', '科技', '1388', 'wangxiu', '设备管理']) {
      await box.fill(text)
      await page.locator('[role=option]').first().waitFor()
      await page.waitForTimeout(700)
    }
    await goto(`/search?q=${encodeURIComponent('有限公司')}`)
    await page.locator('.search-result').first().waitFor()
    judge()
  })

  it('opens a record with a long timeline and many related records, and reads on', async () => {
    const { page, goto } = app
    const { records } = await api<{ records: Array<{ id: string }> }>('POST', '/query', {
      q: "SELECT id FROM account WHERE owner.email = 'seller1@demo.example' ORDER BY account_number LIMIT 1",
    })
    await goto(`/o/account/${records[0]?.id}`)
    const items = page.locator('.timeline-items > li')
    await items.first().waitFor()
    for (let count = 0; count < 150; ) {
      const more = page.locator('.timeline').getByRole('button', { name: '加载更多' })
      await more.scrollIntoViewIfNeeded()
      await more.click()
      await expect.poll(() => items.count()).toBeGreaterThan(count)
      count = await items.count()
    }
    judge()
  })
})
