// The bell: told live of what others do and of jobs, read one and all, choose what to be told.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

let app: App
const sales = { email: 'sales1@demo.example', password: 'guanxi-demo' }

beforeAll(async () => {
  app = await open()
  await api('PATCH', '/notifications/preferences', { kinds: { job: true } })
  await api('POST', '/notifications/read', {})
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const bell = () => app.page.locator('.side .bell')
const panel = () => app.page.getByRole('dialog', { name: '通知' })

it('tells live of a mention, goes there, and counts what is unread', async () => {
  const { page } = app
  const me = await api<{ user: { name: string } }>('GET', '/sessions/current')
  const name = unique('通知客户')
  const account = await create('account', { name })
  await app.goto('/')
  await bell().waitFor()
  const other = await openOutside()
  await other.goto('/')
  await signIn(other, sales.email, sales.password)
  await other.page.evaluate(
    async ([account, text]) => {
      await fetch('/api/v1/records/note', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ body: text, related_to_id: account }),
      })
    },
    [account.id, `@${me.user.name} 请看一下`],
  )
  await other.close()
  await page.locator('.side').getByRole('button', { name: '通知，1 条未读' }).waitFor({ timeout: 5_000 })
  await bell().click()
  await panel()
    .getByText(/中提到了您/)
    .first()
    .waitFor()
  expect(await violations(page)).toEqual([])
  await panel()
    .getByText(/中提到了您/)
    .first()
    .click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.locator('.side').getByRole('button', { name: '通知', exact: true }).waitFor()
})

it('tells of the end of a job, marks all as read, and stops where one does not want it', async () => {
  const { page } = app
  const run = () => api('POST', '/exports', { q: 'SELECT name FROM team', format: 'csv', title: '团队清单' })
  await run()
  await page.locator('.side').getByRole('button', { name: '通知，1 条未读' }).waitFor()
  await bell().click()
  await panel().getByText('已完成：导出：团队清单').first().waitFor()
  await panel().getByRole('button', { name: '全部标为已读' }).click()
  await page.locator('.side').getByRole('button', { name: '通知', exact: true }).waitFor()
  await panel().getByRole('button', { name: '通知设置' }).click()
  const wanted = panel().getByRole('checkbox', { name: /后台任务结束/ })
  await wanted.click()
  await expect.poll(() => wanted.isChecked()).toBe(false)
  expect(await violations(page)).toEqual([])
  await panel().getByRole('button', { name: '返回' }).click()
  await page.keyboard.press('Escape')
  await expect
    .poll(async () => (await api<{ kinds: { job: boolean } }>('GET', '/notifications/preferences')).kinds.job)
    .toBe(false)
  const before = await api<{ notifications: unknown[] }>('GET', '/notifications')
  await run()
  await expect
    .poll(async () => (await api<{ jobs: Array<{ state: string }> }>('GET', '/jobs')).jobs[0]?.state)
    .toBe('succeeded')
  expect((await api<{ notifications: unknown[] }>('GET', '/notifications')).notifications).toHaveLength(
    before.notifications.length,
  )
  await api('PATCH', '/notifications/preferences', { kinds: { job: true } })
})
