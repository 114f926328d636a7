// Help: feedback with a picture of the page, the tour by role, the guide in both languages, errors told to the server; cards of an
// address book in and out.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, open, openOutside, saved, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

let app: App

beforeAll(async () => {
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const side = (page = app.page) => page.locator('.side')

it('takes feedback with a picture of the page', async () => {
  const { page } = app
  const text = unique('反馈：列表很好用')
  await app.goto('/o/account')
  await side().getByRole('button', { name: '意见反馈' }).click()
  const dialog = page.getByRole('dialog', { name: '意见反馈' })
  await dialog.getByLabel('类型').selectOption({ label: '建议' })
  await dialog.getByLabel('内容').fill(text)
  await dialog.getByRole('button', { name: '截取当前页面' }).click()
  const picture = dialog.getByRole('img', { name: '页面截图' })
  await picture.waitFor()
  // The picture has the page in it: more than one colour, and the size of the window.
  const drawn = await picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    const context = canvas.getContext('2d')
    context?.drawImage(image, 0, 0)
    const data = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray()
    const colours = new Set<number>()
    for (let at = 0; at < data.length; at += 4 * 7)
      colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0))
    return { width: canvas.width, colours: colours.size }
  })
  expect(drawn.width).toBe(1440)
  expect(drawn.colours).toBeGreaterThan(50)
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: '提交' }).click()
  await page.getByText('谢谢，反馈已提交').waitFor()

  await app.goto('/o/feedback')
  await page.getByRole('link', { name: text }).first().click()
  await page.getByRole('heading', { level: 1, name: text }).waitFor()
  await page.getByText('/o/account').first().waitFor()
  await page
    .getByRole('region', { name: '文件', exact: true })
    .getByRole('button', { name: '页面截图.png', exact: true })
    .waitFor()
})

it('shows new users around, by role, and goes on where one stopped', async () => {
  const seller = await openOutside()
  await seller.goto('/')
  await signIn(seller, 'sales1@demo.example', 'guanxi-demo')
  const { page } = seller
  await page.evaluate(() =>
    fetch('/api/v1/me', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: '{"tour":0}',
    }),
  )
  await page.reload()
  await page.getByRole('button', { name: '开始新手引导' }).click()
  const card = page.getByRole('dialog', { name: '新手引导' })
  await card.getByText(/欢迎/).waitFor()
  await card.getByRole('button', { name: '下一步' }).click()
  await card.getByRole('heading', { name: '客户' }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.reload()
  await page.getByRole('button', { name: '继续', exact: true }).click()
  await card.getByRole('heading', { name: '客户' }).waitFor()
  await card.getByRole('button', { name: '跳过' }).click()
  await page.reload()
  await page.locator('.home').waitFor()
  expect(await page.getByText('第一次使用？').count()).toBe(0)
  await side(page).getByRole('button', { name: '帮助', exact: true }).click()
  await page.getByRole('menuitem', { name: '开始新手引导' }).click()
  await card.getByText(/欢迎/).waitFor()
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'hidden' })
  expect(seller.complaints).toEqual([])
  await seller.close()
})

it('starts the tour again from the help menu after it was put off', async () => {
  const { page } = app
  await api('PATCH', '/me', { tour: 1 })
  await app.goto('/')
  await page
    .getByRole('complementary', { name: '新手引导' })
    .getByRole('button', { name: '以后再说' })
    .click()
  await app.page.getByRole('link', { name: '回收站' }).click()
  await side().getByRole('button', { name: '帮助', exact: true }).click()
  await page.getByRole('menuitem', { name: '开始新手引导' }).click()
  const card = page.getByRole('dialog', { name: '新手引导' })
  await card.getByText('1 / 7').waitFor()
  expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/')
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'hidden' })
})

it('says whom to ask where one may not go, and keeps the navigation at an unknown address', async () => {
  const seller = await openOutside()
  await seller.goto('/')
  await signIn(seller, 'sales1@demo.example', 'guanxi-demo')
  const { page } = seller
  await seller.goto('/o/account/001zzzzzzzzzzzzzzz')
  await page.getByRole('heading', { name: '找不到这条记录' }).waitFor()
  await page.getByText('请联系管理员').getByRole('link', { name: '管理员' }).waitFor()
  expect(await page.getByRole('link', { name: '管理员' }).getAttribute('href')).toContain(
    'mailto:admin@demo.example',
  )
  await page.route('**/api/v1/objects/account', (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        title: '无权',
        status: 403,
        code: 'forbidden',
        detail: '您没有查看客户的权限。',
      }),
    }),
  )
  await page.goto('/o/account')
  const alert = page.getByRole('alert')
  await alert.getByRole('heading', { name: '您没有权限打开这里' }).waitFor()
  await alert.getByText('您没有查看客户的权限。').waitFor()
  await alert.getByRole('link', { name: '管理员' }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.goto('/nowhere')
  await page.getByRole('heading', { name: '没有找到' }).waitFor()
  await page.locator('.side').getByRole('link', { name: '客户', exact: true }).waitFor()
  await seller.close()
})

it('walks an administrator through on a phone, in English', async () => {
  await api('PATCH', '/me', { tour: 0 })
  const phone = await openOutside({ phone: true })
  await phone.goto('/')
  await api('PATCH', '/me', { language: 'en', tour: 0 })
  const { email, password } = await import('vitest').then(({ inject }) => ({
    email: inject('email'),
    password: inject('password'),
  }))
  await signIn(phone, email, password)
  const { page } = phone
  await page.getByRole('button', { name: 'Take the tour' }).click()
  const card = page.getByRole('dialog', { name: 'Tour' })
  for (let step = 1; step < 7; step += 1) {
    await card.getByText(`${step} / 7`).waitFor()
    const box = await card.boundingBox()
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= 390).toBe(true)
    await card.getByRole('button', { name: 'Next' }).click()
  }
  await card.getByRole('heading', { name: 'Help and feedback' }).waitFor()
  await card.getByRole('button', { name: 'Done' }).click()
  await card.waitFor({ state: 'hidden' })
  await expect
    .poll(async () => (await api<{ user: { tour: number } }>('GET', '/sessions/current')).user.tour)
    .toBe(-1)
  expect(phone.complaints).toEqual([])
  await phone.close()
  await api('PATCH', '/me', { language: 'zh-CN' })
})

it('has the guide inside, for the page one is on', async () => {
  const { page } = app
  await app.goto('/recycle-bin')
  await side().getByRole('button', { name: '帮助', exact: true }).click()
  await page.getByRole('menuitem', { name: '这一页怎么用' }).click()
  await page.getByRole('heading', { level: 1, name: /回收站/ }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole('navigation', { name: '手册目录' }).getByRole('link', { name: '导入与导出' }).click()
  await page.getByRole('heading', { level: 1, name: '导入与导出' }).waitFor()
  const picture = page.getByRole('article').getByRole('img').first()
  await picture.scrollIntoViewIfNeeded()
  const width = () => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)
  await expect.poll(width).toBeGreaterThan(300)
  await app.goto('/guide/nothing')
  await page.getByText('手册里没有这一页').waitFor()
})

it('tells the server of an error that nobody catches', async () => {
  const { page, complaints } = app
  await app.goto('/')
  const told = page.waitForRequest((request) => request.url().endsWith('/api/v1/client_errors'))
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error('a test of reports')
    })
  })
  const request = await told
  expect(request.postDataJSON()).toMatchObject({ kind: 'error', message: 'a test of reports', page: '/' })
  expect((await request.response())?.status()).toBe(204)
  expect(complaints.splice(0)).toEqual(['a test of reports'])
})

it('imports the cards of an address book and exports a contact as one', async () => {
  const { page } = app
  const name = unique('名片')
  const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nORG:${name}公司\r\nTEL;TYPE=CELL:13800138000\r\nEND:VCARD\r\n`
  await app.goto('/imports?object=contact')
  await page
    .getByLabel('选择文件')
    .setInputFiles({ name: '通讯录.vcf', mimeType: 'text/vcard', buffer: Buffer.from(card) })
  await page.getByRole('heading', { name: /导入到联系人/ }).waitFor()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('region', { name: '预览' }).getByText(name).first().waitFor()
  await page.getByRole('button', { name: /导入 .*行/ }).click()
  await page.getByRole('heading', { name: '导入完成' }).waitFor()
  await page.getByRole('link', { name: '查看联系人' }).click()
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.getByRole('button', { name: '更多操作' }).first().click()
  const bytes = await saved(page, () => page.getByRole('menuitem', { name: '导出名片（vCard）' }).click())
  expect(bytes.toString('utf8')).toContain(`FN:${name}\r\n`)
  expect(bytes.toString('utf8')).toContain('TEL;TYPE=CELL:13800138000\r\n')
})
