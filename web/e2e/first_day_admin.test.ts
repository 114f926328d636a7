// The first day of an administrator: round the product, one's own settings, a colleague who can sign in, the data one has, a view for
// everybody, mistakes taken back, what runs, and a word to those who make the product.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, closeBrowser, unique } from './app.ts'
import { Day, days, newcomer, type Person } from './first_day.ts'

afterAll(closeBrowser)

describe.each(days)('on a $device, in $language', (kind) => {
  const mark = unique('首日')
  const file = `${unique('客户名单')}.csv`
  let me: Person
  let day: Day

  beforeAll(async () => {
    me = await newcomer('administrator', kind.language)
    day = await Day.begin(kind)
  })
  afterAll(async () => {
    await day.end()
    // Others are told to ask an administrator who is there.
    await api('PATCH', `/records/user/${me.id}`, { active: false })
  })

  const row = (name: string) => day.page.getByRole(day.phone ? 'link' : 'row', { name: new RegExp(name) })

  it('signs in and is shown what sets the product up', async () => {
    const { say } = day
    await day.signIn(me)
    const titles = await day.tour()
    expect(titles).toContain(say('邀请同事', 'Invite your colleagues'))
    expect(titles).toContain(say('把现有数据导进来', 'Bring in the data you have'))
    await day.look()
  })

  it('chooses language, looks and density', async () => {
    const { page, say } = day
    await (await day.more()).getByRole('button', { name: say('账户菜单', 'Account menu') }).click()
    await page.getByRole('menuitem', { name: say('设置', 'Settings') }).click()
    const heading = page.getByRole('heading', { level: 1 })
    await expect.poll(() => heading.textContent()).toBe(say('设置', 'Settings'))
    await day.look()
    await page.evaluate(() => Object.assign(window, { stillHere: true }))
    await page.getByRole('button', { name: say('English', '简体中文') }).click()
    await expect.poll(() => heading.textContent()).toBe(say('Settings', '设置'))
    await page.getByRole('button', { name: say('简体中文', 'English') }).click()
    await expect.poll(() => heading.textContent()).toBe(say('设置', 'Settings'))
    const set = (name: string) => page.evaluate((key) => document.documentElement.dataset[key], name)
    const theme = page.getByRole('group', { name: say('外观', 'Theme') })
    await theme.getByRole('button', { name: say('深色', 'Dark') }).click()
    await expect.poll(() => set('theme')).toBe('dark')
    await theme.getByRole('button', { name: say('跟随系统', 'System') }).click()
    const density = page.getByRole('group', { name: say('列表密度', 'List density') })
    await density.getByRole('button', { name: say('紧凑', 'Compact') }).click()
    await expect.poll(() => set('density')).toBe('compact')
    await density.getByRole('button', { name: say('宽松', 'Comfortable') }).click()
    await expect.poll(() => set('density')).toBe('comfortable')
    expect(await page.evaluate(() => 'stillHere' in window)).toBe(true)
  })

  it('makes a colleague who can sign in', async () => {
    const { page, say } = day
    const name = unique('同事')
    const email = `${name.replace(/\W/g, '')}@example.com`
    await day.visit('用户', 'Users')
    await page.getByRole('button', { name: say('新建', 'New') }).click()
    const form = day.dialog('新建用户', 'New User')
    await form.getByLabel(say('姓名', 'Name')).first().fill(name)
    await form.getByLabel(say('邮箱', 'Email')).fill(email)
    await form.getByLabel(say('角色', 'Role')).selectOption({ label: say('标准用户', 'Standard user') })
    await day.look()
    await day.save(form)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page
      .getByRole('button', { name: say('更多操作', 'More actions') })
      .first()
      .click()
    await page.getByRole('menuitem', { name: say('设置密码', 'Set password') }).click()
    const password = day.dialog('设置密码', 'Set password')
    await password.getByLabel(say('新密码', 'New password')).fill('short')
    await password.getByRole('button', { name: say('保存', 'Save') }).click()
    await password.getByText(say('密码须为', 'a password has')).waitFor()
    await day.look()
    await password.getByLabel(say('新密码', 'New password')).fill('welcome on board')
    await day.save(password)
    await day.told(say('密码已设置', 'The password is set'))
    const entered = await fetch(`${inject('url')}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password: 'welcome on board' }),
    })
    expect(entered.status).toBe(201)
    expect((await entered.json()) as unknown).toMatchObject({ user: { role: 'standard' } })
  })

  it('brings in the customers there are, and looks at them', async () => {
    const { page, say } = day
    const lines = ['甲', '乙', '丙'].map((letter, at) => `${mark} ${letter},0571-8800000${at},${at * 10}`)
    const csv = [say('客户名称,电话,员工人数', 'Account name,Phone,Employees'), ...lines].join('\r\n')
    await day.visit('导入', 'Import')
    await day.look()
    await page
      .getByLabel(say('选择文件', 'Choose a file'))
      .setInputFiles({ name: file, mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await page.getByText(say('已匹配 3 / 3 列', '3 of 3 columns mapped')).waitFor()
    await day.look()
    await page.getByRole('button', { name: say('下一步', 'Next'), exact: true }).click()
    const preview = page.getByRole('region', { name: say('预览', 'Preview'), exact: true })
    await preview.getByRole('row', { name: new RegExp(`${mark} 丙`) }).waitFor()
    await page.getByRole('button', { name: say('开始试运行', 'Start dry run') }).click()
    await page.getByText(say('试运行完成，尚未写入数据', 'Dry run finished; nothing was written')).waitFor()
    await day.look()
    await page.getByRole('button', { name: say('导入 3 行', 'Import 3 rows') }).click()
    await page.getByRole('heading', { name: say('导入完成', 'Import finished') }).waitFor()
    await day.look()
    await page.getByRole('link', { name: say('查看客户', 'View Accounts') }).click()
    await row(`${mark} 甲`).first().waitFor()
  })

  it('keeps a view for everybody', async () => {
    const { page, say } = day
    const name = unique('首日视图')
    await day.visit('客户', 'Accounts')
    await page.getByRole('button', { name: say('筛选', 'Filter'), exact: true }).click()
    const filter = day.dialog('筛选条件', 'Filter')
    await filter.getByRole('button', { name: say('添加条件', 'Add condition'), exact: true }).click()
    await filter.getByRole('textbox', { name: say('值 1', 'Value 1') }).fill(mark)
    await filter.getByText(say(`客户名称 包含 ${mark}`, `Account name contains ${mark}`)).waitFor()
    await day.look()
    await page.keyboard.press('Escape')
    await day.told(say('共 3 条', '3 records'))
    await page.getByRole('button', { name: say('保存视图', 'Save view') }).click()
    const form = day.dialog('另存为新视图', 'Save as a new view')
    await form.getByLabel(say('视图名称', 'View name')).fill(name)
    await form.getByLabel(say('可见范围', 'Visible to')).selectOption({ label: say('所有人', 'Everyone') })
    await day.look()
    await day.save(form)
    await page.getByRole('button', { name: `${say('视图', 'View')}: ${name}` }).waitFor()
    const { views } = await api<{ views: Array<{ label: string; scope: string }> }>(
      'GET',
      '/views?object=account',
    )
    expect(views.find((view) => view.label === name)?.scope).toBe('shared')
  })

  it('deletes a customer, and has it back from the recycle bin', async () => {
    const { page, say } = day
    const name = `${mark} 乙`
    await page
      .getByRole('link', { name: new RegExp(name) })
      .first()
      .click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page
      .getByRole('button', { name: say('更多操作', 'More actions') })
      .first()
      .click()
    await page.getByRole('menuitem', { name: say('删除', 'Delete') }).click()
    const sure = day.dialog(`删除 ${name}？`, `Delete ${name}?`)
    await day.look()
    await sure.getByRole('button', { name: say('删除', 'Delete'), exact: true }).click()
    await day.told(say(`已删除 ${name}`, `${name} deleted`))
    await day.visit('回收站', 'Recycle bin')
    await page.getByRole('checkbox', { name: say(`选择 ${name}`, `Select ${name}`) }).check()
    await day.look()
    await page.getByRole('button', { name: say('恢复', 'Restore'), exact: true }).click()
    await day.told(say('已恢复 1 条', '1 record restored'))
    const q = `SELECT COUNT(id) n FROM account WHERE name = '${name}'`
    expect((await api<{ records: unknown[] }>('POST', '/query', { q })).records).toMatchObject([{ n: 1 }])
  })

  it('sees what ran, and takes the import back', async () => {
    const { page, say } = day
    await day.visit('后台任务', 'Background jobs')
    await page
      .getByRole('row', { name: new RegExp(file) })
      .first()
      .waitFor()
    await day.look()
    await day.visit('导入', 'Import')
    await page
      .getByRole('link', { name: new RegExp(file) })
      .first()
      .click()
    await page.getByRole('button', { name: say('撤销这次导入', 'Undo this import') }).click()
    const sure = day.dialog('撤销整个导入？', 'Undo the whole import?')
    await day.look()
    await sure.getByRole('button', { name: say('撤销这次导入', 'Undo this import') }).click()
    await page.getByRole('heading', { name: say('导入已撤销', 'Import undone') }).waitFor()
    const q = `SELECT COUNT(id) n FROM account WHERE name LIKE '${mark}%'`
    expect((await api<{ records: unknown[] }>('POST', '/query', { q })).records).toMatchObject([{ n: 0 }])
  })

  it('reads the guide of the page, and says what could be better', async () => {
    const { page, say } = day
    await (await day.more()).getByRole('button', { name: say('帮助', 'Help'), exact: true }).click()
    await page.getByRole('menuitem', { name: say('这一页怎么用', 'How this page works') }).click()
    await page.getByRole('heading', { level: 1, name: say('导入与导出', 'Import and export') }).waitFor()
    await day.look()
    const text = unique('想要更多图表')
    await (await day.more()).getByRole('button', { name: say('意见反馈', 'Feedback'), exact: true }).click()
    const form = day.dialog('意见反馈', 'Feedback')
    await form.getByLabel(say('类型', 'Kind')).selectOption({ label: say('建议', 'Idea') })
    await form.getByLabel(say('内容', 'Text')).fill(text)
    await form.getByRole('button', { name: say('截取当前页面', 'Capture this page') }).click()
    await form.getByRole('img', { name: say('页面截图', 'Picture of the page') }).waitFor()
    await day.look()
    await form.getByRole('button', { name: say('提交', 'Send') }).click()
    await day.told(say('谢谢，反馈已提交', 'Thank you, your feedback was sent'))
    await day.visit('反馈', 'Feedback')
    await row(text).first().waitFor()
    await day.look()
  })
})
