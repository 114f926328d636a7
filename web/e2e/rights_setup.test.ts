// A new administrator states who may do what, in the browser: three teams whose managers see their team, phones hidden in part outside
// the team, amounts for finance only. Then everybody sees just that.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, closeBrowser, openOutside, signIn } from './app.ts'
import { violations } from './axe.ts'
import { type Server, startDemo } from './server.ts'

const password = 'a password of the team'
const teams = ['华东', '华南', '华北']
const people = {
  manager: { name: '东经理', team: '华东' },
  anna: { name: '安娜', team: '华东' },
  bert: { name: '贝特', team: '华南' },
  finn: { name: '财务小芬', team: '华北' },
}
type Who = keyof typeof people

describe('three teams, phones and amounts', () => {
  let server: Server
  let token = ''
  let admin: App
  const ids = {} as Record<Who | 'annas' | 'berts' | 'deal', string>

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
  async function enter(email: string, secret: string): Promise<App> {
    const app = await openOutside({ url: server.url })
    await app.goto('/')
    await signIn(app, email, secret)
    return app
  }
  const save = async () => {
    await admin.page.getByRole('button', { name: '保存', exact: true }).click()
    await admin.page.getByRole('status').getByText('已保存，立即生效').waitFor()
    expect(await violations(admin.page)).toEqual([])
  }

  // What is there already: people who can sign in, and records.
  beforeAll(async () => {
    server = await startDemo('--empty')
    token = (
      await call<{ token: string }>('POST', '/sessions', { email: server.email, password: server.password })
    ).token
    for (const [who, { name }] of Object.entries(people)) {
      const id = await record('user', { name, email: `${who}@example.com`, role: 'standard' })
      await call('PUT', `/users/${id}/password`, { password })
      ids[who as Who] = id
    }
    const mobile = '13812345678'
    ids.annas = await record('contact', { name: '安娜的客户', mobile, owner_id: ids.anna })
    ids.berts = await record('contact', { name: '贝特的客户', mobile, owner_id: ids.bert })
    ids.deal = await record('opportunity', { name: '安娜的商机', amount: '32000', owner_id: ids.anna })
    await record('opportunity', { name: '贝特的商机', amount: '54000', owner_id: ids.bert })
    admin = await enter(server.email, server.password)
  })
  afterAll(async () => {
    expect(admin?.complaints).toEqual([])
    await closeBrowser()
    await server?.stop()
  })

  it('is stated in the browser, in less than five minutes', async () => {
    const { page, goto } = admin
    const began = Date.now()
    for (const name of teams) {
      await goto('/o/team')
      await page.getByRole('button', { name: /^新建/ }).first().click()
      const form = page.getByRole('dialog', { name: '新建团队' })
      await form.getByLabel('名称').first().fill(name)
      await form.getByRole('button', { name: '保存', exact: true }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    }
    for (const [who, { team }] of Object.entries(people)) {
      await goto(`/o/user/${ids[who as Who]}`)
      await page.getByRole('button', { name: '编辑团队' }).click()
      await page.getByRole('combobox', { name: '团队' }).fill(team)
      await page.getByRole('option', { name: team, exact: true }).click()
      await page.getByRole('button', { name: '保存', exact: true }).click()
      await page.getByRole('link', { name: team, exact: true }).first().waitFor()
    }
    await goto(`/o/user/${ids.manager}`)
    await page.getByRole('button', { name: '编辑角色' }).click()
    await page.getByLabel('角色', { exact: true }).selectOption({ label: '销售经理' })
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByRole('status').getByText('已保存').waitFor()

    await goto('/settings')
    await page.getByLabel('每个人能看到谁的记录').selectOption({ label: '仅自己负责的' })
    await page.getByRole('status').getByText('设置已保存').waitFor()
    const set = async (label: string, wanted: string) =>
      page.getByLabel(label, { exact: true }).selectOption({ label: wanted })
    for (const role of ['standard', 'sales_manager']) {
      await goto(`/settings/roles/${role}`)
      // Everybody finds every contact; of the phones they see those of their team.
      await page.getByLabel('联系人：单独设置').click()
      await set('联系人：范围', '全部')
      await page.getByLabel('联系人：字段权限').click()
      await set(
        '手机：范围',
        role === 'standard' ? '本团队的记录，其余部分隐藏' : '本团队及下级的记录，其余部分隐藏',
      )
      if (role === 'sales_manager') await page.getByLabel('手机：可逐条查看完整内容').check()
      await set('对象', '商机')
      await set('金额：权限', '隐藏')
      await save()
    }
    await goto('/settings')
    await page.getByRole('button', { name: '新建权限集' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('中文名称').fill('财务')
    await dialog.getByLabel('英文名称').fill('Finance')
    await dialog.getByRole('button', { name: '创建' }).click()
    await page.getByRole('heading', { name: '财务' }).waitFor()
    await page.getByLabel('商机：单独设置').click()
    await page.getByLabel('商机：查看', { exact: true }).check()
    await page.getByLabel('商机：查看全部', { exact: true }).check()
    await page.getByLabel('商机：字段权限').click()
    await set('金额：权限', '可查看和编辑')
    await save()
    await goto(`/o/user/${ids.finn}`)
    await page.getByRole('button', { name: '编辑权限集' }).click()
    await page.getByRole('checkbox', { name: '财务' }).check()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByRole('button', { name: '编辑权限集' }).waitFor()
    expect(Date.now() - began).toBeLessThan(300_000)
  })

  it('lets managers see a number in full, which is noted', async () => {
    const { page, goto, close, complaints } = await enter('manager@example.com', password)
    await goto(`/o/contact/${ids.berts}`)
    await page.getByText('138****5678').first().waitFor()
    await page.getByRole('button', { name: '查看手机的完整内容' }).click()
    await page.getByRole('dialog').getByText('13812345678').waitFor()
    await page.getByText('这次查看已记入审计日志').waitFor()
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  /** What somebody sees of the two deals, the two phones and an amount. */
  async function seen(who: Who) {
    const app = await enter(`${who}@example.com`, password)
    const { page, goto } = app
    await goto('/o/opportunity')
    await page
      .getByRole('status')
      .getByText(/共 \d+ 条/)
      .waitFor()
    const deals = await Promise.all(
      ['安娜的商机', '贝特的商机'].map(
        async (name) => (await page.getByRole('link', { name, exact: true }).count()) > 0,
      ),
    )
    const amounts = (await page.getByText('¥').count()) > 0
    const phones = []
    for (const contact of [ids.annas, ids.berts]) {
      await goto(`/o/contact/${contact}`)
      phones.push(await page.getByRole('region', { name: '联系方式' }).getByText(/138/).first().textContent())
    }
    expect(await violations(page)).toEqual([])
    expect(app.complaints).toEqual([])
    await app.close()
    return {
      deals,
      amounts,
      phones: phones.map((phone) => phone?.replace(/\D/g, (c) => (c === '*' ? c : ''))),
    }
  }
  const [full, part] = ['13812345678', '138****5678']

  it('is what everybody sees', async () => {
    expect(await seen('manager')).toEqual({ deals: [true, false], amounts: false, phones: [full, part] })
    expect(await seen('anna')).toEqual({ deals: [true, false], amounts: false, phones: [full, part] })
    expect(await seen('bert')).toEqual({ deals: [false, true], amounts: false, phones: [part, full] })
    expect(await seen('finn')).toEqual({ deals: [true, true], amounts: true, phones: [part, part] })
  })
})
