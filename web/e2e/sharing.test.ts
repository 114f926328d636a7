// Whose records everyone sees: the administrator says it in the settings, and lists and totals of others follow at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, closeBrowser, openOutside, signIn } from './app.ts'
import { violations } from './axe.ts'
import { type Server, startDemo } from './server.ts'

const password = 'a password of the team'

describe('whose records everyone sees', () => {
  let server: Server
  let token = ''

  async function call<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = {
      'Content-Type': 'application/json',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    }
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    const text = await answer.text()
    return (text ? JSON.parse(text) : undefined) as T
  }
  const record = async (object: string, values: Record<string, unknown>) =>
    (await call<{ id: string }>('POST', `/records/${object}`, values)).id
  async function user(name: string, role: string, team: string) {
    const id = await record('user', { name, email: `${name}@example.com`, role, team_id: team })
    await call('PUT', `/users/${id}/password`, { password })
    return id
  }
  async function enter(email: string, secret: string): Promise<App> {
    const app = await openOutside({ url: server.url })
    await app.goto('/')
    await signIn(app, email, secret)
    return app
  }

  beforeAll(async () => {
    server = await startDemo('--empty')
    token = (
      await call<{ token: string }>('POST', '/sessions', { email: server.email, password: server.password })
    ).token
    const east = await record('team', { name: '华东' })
    const below = await record('team', { name: '华东一组', parent_id: east })
    const west = await record('team', { name: '华西' })
    await user('manager', 'sales_manager', east)
    const owners = { 甲方: await user('anna', 'standard', below), 乙方: await user('bert', 'standard', west) }
    for (const [name, owner_id] of Object.entries(owners))
      await record('account', { name: `${name}公司`, owner_id })
  })
  afterAll(async () => {
    await closeBrowser()
    await server.stop()
  })

  /** The names on the list of accounts. */
  async function accounts({ page, goto }: App, total: string) {
    await goto('/o/account')
    await page.getByRole('status').getByText(total, { exact: true }).waitFor()
    return Promise.all(
      ['甲方公司', '乙方公司'].map(
        async (name) => (await page.getByRole('link', { name, exact: true }).count()) > 0,
      ),
    )
  }

  it('is said by the administrator and holds for lists at once', async () => {
    const [admin, manager, anna] = [
      await enter(server.email, server.password),
      await enter('manager@example.com', password),
      await enter('anna@example.com', password),
    ]
    expect(await accounts(anna, '共 2 条')).toEqual([true, true])
    await admin.goto('/settings')
    const choice = admin.page.getByLabel('每个人能看到谁的记录')
    expect(await choice.inputValue()).toBe('all')
    await choice.selectOption({ label: '仅自己负责的' })
    await admin.page.getByRole('status').getByText('设置已保存').waitFor()
    expect(await violations(admin.page)).toEqual([])
    expect(await accounts(anna, '共 1 条')).toEqual([true, false])
    expect(await accounts(manager, '共 1 条')).toEqual([true, false])
    expect(await accounts(admin, '共 2 条')).toEqual([true, true])
    await manager.goto('/settings')
    expect(await manager.page.getByLabel('每个人能看到谁的记录').count()).toBe(0)

    await admin.goto('/settings')
    await admin.page.getByRole('button', { name: 'English' }).click()
    await admin.page.getByLabel('Whose records everyone sees').selectOption({ label: 'All' })
    await admin.page.getByRole('status').getByText('Settings saved').waitFor()
    expect(await accounts(anna, '共 2 条')).toEqual([true, true])
    for (const app of [admin, manager, anna]) expect(app.complaints).toEqual([])
  })
})
