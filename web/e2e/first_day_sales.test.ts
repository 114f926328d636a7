// The first day of a salesperson: round the product, find a customer, write down what was said, a contact and a deal, the board, a
// task that is done, and word from a colleague.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api, closeBrowser, create, unique } from './app.ts'
import { Day, days, newcomer, type Person } from './first_day.ts'

afterAll(closeBrowser)

/** A customer for each day, and what one types to find it. */
const customers = {
  'desktop zh-CN': ['青岛海岚仪器', 'qingdaohailan'],
  'desktop en': ['宁波卓川机电', 'ningbozhuochuan'],
  'phone zh-CN': ['苏州云杉精工', 'suzhouyunshan'],
  'phone en': ['成都岷江泵业', 'chengduminjiang'],
} as const

describe.each(days)('on a $device, in $language', (kind) => {
  const { device, language } = kind
  const [company, pinyin] = customers[`${device} ${language}`]
  const customer = unique(company)
  const task = unique('寄样品')
  const deal = unique('年度采购')
  const mobile = `139${String(Math.floor(1e7 + Math.random() * 9e7))}`
  const colleague = unique('周海')
  let me: Person
  let account: string
  let day: Day

  beforeAll(async () => {
    me = await newcomer('standard', language)
    account = (await create('account', { name: customer, owner_id: me.id })).id
    await create('contact', { name: colleague, mobile, account_id: account, owner_id: me.id })
    const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString().slice(0, 10)
    await create('task', { name: task, due_date: tomorrow, owner_id: me.id, related_to_id: account })
    day = await Day.begin(kind)
  })
  afterAll(() => day.end())

  it('signs in, is shown around, and sees the work of the day', async () => {
    const { page, say } = day
    await day.signIn(me)
    const titles = await day.tour()
    expect(titles).toHaveLength(7)
    expect(titles.slice(1, 4)).toEqual([
      say('客户', 'Accounts'),
      say('商机', 'Opportunities'),
      say('任务', 'Tasks'),
    ])
    await page
      .getByRole('region', { name: say('我的任务', 'My tasks') })
      .getByRole('link', { name: task })
      .waitFor()
    await day.look()
  })

  it('finds a customer by pinyin', async () => {
    const { page, say } = day
    if (day.phone) {
      await page.getByRole('link', { name: say('搜索', 'Search'), exact: true }).click()
      await page.getByRole('searchbox', { name: say('搜索全部记录', 'Search all records') }).fill(pinyin)
      await page.getByRole('link', { name: customer }).first().waitFor()
      await day.look()
      await page.getByRole('link', { name: customer }).first().click()
    } else {
      const box = page.getByRole('combobox', { name: say('搜索全部记录', 'Search all records') })
      await box.waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type(pinyin)
      await page.getByRole('option').filter({ hasText: customer }).first().waitFor()
      await day.look()
      await page.getByRole('option').filter({ hasText: customer }).first().click()
    }
    await page.getByRole('heading', { level: 1, name: customer }).waitFor()
    await day.look()
  })

  it('writes down a note and a call', async () => {
    const { page, say } = day
    await day.tab('动态', 'Timeline')
    const composer = page.getByRole('form', { name: say('添加动态', 'Add to the timeline') })
    await composer.getByLabel(say('内容', 'Text')).fill('采购想先看样品')
    await composer.getByRole('button', { name: say('添加记录', 'Add note') }).click()
    const items = page.locator('.timeline-items')
    await items.getByText('采购想先看样品').waitFor()
    await composer.getByRole('button', { name: say('电话', 'Call'), exact: true }).click()
    await composer.getByLabel(say('通话主题', 'Call subject')).fill('确认样品规格')
    await composer.getByLabel(say('通话纪要', 'Call notes')).fill('下周三前寄出')
    await composer.getByRole('button', { name: say('添加电话记录', 'Log call') }).click()
    await items.getByText('下周三前寄出').waitFor()
    await day.look()
  })

  it('makes a contact, warned of one that is there, and a deal', async () => {
    const { page, say } = day
    await day.tab('相关列表', 'Related')
    const contacts = page.getByRole('region', { name: say('联系人', 'Contacts'), exact: true })
    await contacts.getByRole('button', { name: say('新建联系人', 'New Contact') }).click()
    const contact = day.dialog('新建联系人', 'New Contact')
    const name = unique('陈溪')
    await contact.getByLabel(say('姓名', 'Name')).first().fill(name)
    await contact.getByLabel(say('手机', 'Mobile')).fill(mobile)
    await contact.getByRole('link', { name: colleague }).waitFor()
    await day.look()
    await contact.getByLabel(say('手机', 'Mobile')).fill(mobile.replace(/^139/, '137'))
    await contact.getByRole('link', { name: colleague }).waitFor({ state: 'detached' })
    await day.save(contact)
    await contacts.getByRole('link', { name }).waitFor()

    const deals = page.getByRole('region', { name: say('商机', 'Opportunities'), exact: true })
    await deals.getByRole('button', { name: say('新建商机', 'New Opportunity') }).click()
    const form = day.dialog('新建商机', 'New Opportunity')
    await form.getByLabel(say('商机名称', 'Opportunity name')).fill(deal)
    await form.getByLabel(say('金额', 'Amount')).fill('86000')
    await day.save(form)
    await deals.getByRole('link', { name: deal }).waitFor()
    await day.look()
  })

  it('moves the deal on the board', async () => {
    const { page, say } = day
    await day.visit('商机', 'Opportunities')
    await page.getByRole('button', { name: say('看板', 'Board'), exact: true }).click()
    await page.getByRole('searchbox', { name: say('搜索商机', 'Search Opportunities') }).fill(deal)
    await page.getByRole('region', { name: say('初步接洽，1 条', 'Prospecting, 1 record') }).waitFor()
    await page.getByRole('button', { name: `${say('移动到…', 'Move to…')} ${deal}` }).click()
    await page.getByRole('menuitemradio', { name: say('方案报价', 'Proposal') }).waitFor()
    await day.look()
    await page.getByRole('menuitemradio', { name: say('方案报价', 'Proposal') }).click()
    const column = page.getByRole('region', { name: say('方案报价，1 条', 'Proposal, 1 record') })
    await column.getByRole('link', { name: deal }).waitFor()
    await day.told(say('已移动到 方案报价', 'Moved to Proposal'))
    const q = `SELECT stage, owner_id FROM opportunity WHERE name = '${deal}'`
    const { records } = await api<{ records: unknown[] }>('POST', '/query', { q })
    expect(records).toMatchObject([{ stage: 'proposal', owner_id: me.id }])
    await day.look()
  })

  it('finishes a task, and could take that back', async () => {
    const { page, say } = day
    await day.home()
    const tasks = page.getByRole('region', { name: say('我的任务', 'My tasks') })
    await page
      .getByRole('region', { name: say('我的商机', 'My opportunities') })
      .getByRole('link', { name: deal })
      .waitFor()
    const status = async () => {
      const q = `SELECT status FROM task WHERE name = '${task}'`
      return (await api<{ records: Array<{ status: string }> }>('POST', '/query', { q })).records[0]?.status
    }
    await tasks.getByRole('button', { name: say(`完成 ${task}`, `Finish ${task}`) }).click()
    await day.told(say(`已完成 ${task}`, `${task} is done`))
    await tasks.getByRole('link', { name: task }).waitFor({ state: 'detached' })
    expect(await status()).toBe('done')
    await day.look()
    await page
      .getByRole('button', { name: say('撤销', 'Undo'), exact: true })
      .last()
      .click()
    await tasks.getByRole('link', { name: task }).waitFor()
    expect(await status()).toBe('open')
    await tasks.getByRole('button', { name: say(`完成 ${task}`, `Finish ${task}`) }).click()
    await tasks.getByRole('link', { name: task }).waitFor({ state: 'detached' })
  })

  it('is told of a mention, goes there, and signs out', async () => {
    const { page, say } = day
    await create('note', { body: `@${me.name} 请看一下`, related_to_id: account })
    await (await day.more())
      .getByRole('button', { name: say('条未读', 'unread') })
      .waitFor({ timeout: 10_000 })
    await (await day.more()).getByRole('button', { name: say('条未读', 'unread') }).click()
    const panel = day.dialog('通知', 'Notifications')
    const news = panel.getByRole('button', { name: say('中提到了您', 'mentioned you in') })
    await news.first().waitFor()
    await day.look()
    await news.first().click()
    await page.getByRole('heading', { level: 1, name: customer }).waitFor()
    if (!day.phone) {
      await page.keyboard.press('?')
      await day.dialog('键盘快捷键', 'Keyboard shortcuts').waitFor()
      await day.look()
      await page.keyboard.press('Escape')
    }
    await (await day.more()).getByRole('button', { name: say('账户菜单', 'Account menu') }).click()
    await page.getByRole('menuitem', { name: say('退出登录', 'Sign out') }).waitFor()
    await day.look()
    await page.getByRole('menuitem', { name: say('退出登录', 'Sign out') }).click()
    await page.getByRole('button', { name: say('登录', 'Sign in'), exact: true }).waitFor()
  })
})
