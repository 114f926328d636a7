// The phone: a bar at the bottom, lists as cards, targets that a thumb can hit, nothing wider than the screen.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'
import { violations } from './axe.ts'

const name = unique('手机客户')
let app: App
let id: string

beforeAll(async () => {
  id = (await create('account', { name, phone: '13800138000' })).id
  app = await open({ phone: true })
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

/** Buttons, links and boxes in view that are smaller than 44 px where a thumb would aim for them. */
const small = () =>
  app.page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll<HTMLElement>(
        '.bottom-bar a, .bottom-bar button, main .btn, main input:not([type=checkbox]), .record-card, .tab',
      ),
    ]
    return targets
      .filter((element) => element.offsetParent !== null && !element.classList.contains('sr-only'))
      .filter((element) => element.getBoundingClientRect().height < 43.5)
      .map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().height}`)
  })
const overflow = () => app.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

it('shows a list as cards and goes by the bottom bar', async () => {
  const { page } = app
  await page.getByRole('navigation').getByRole('link', { name: '客户' }).click()
  await page.getByRole('searchbox', { name: '搜索客户' }).fill(name)
  await page.getByRole('link', { name: new RegExp(`^${name}`) }).waitFor()
  expect(await page.getByRole('grid').count()).toBe(0)
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.getByRole('link', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('tab', { name: '详细信息' }).waitFor()
})

it('calls, or writes down a call, from a card that is drawn aside', async () => {
  const { page, context } = app
  await app.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(name))}`)
  const card = page.getByRole('link', { name: new RegExp(`^${name}`) })
  const call = page.getByRole('link', { name: `拨打 ${name}` })
  const log = page.getByRole('link', { name: `记电话 ${name}` })
  await card.waitFor()
  const inView = async (link: typeof call) => {
    const box = await link.boundingBox()
    return box !== null && box.x >= 0 && box.x + box.width <= 390
  }
  expect(await inView(call)).toBe(false)
  const box = await card.boundingBox()
  if (!box) throw new Error('no card')
  // A finger that moves from the right edge of the card to the left.
  const session = await context.newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: x === undefined ? [] : [{ x, y: box.y + box.height / 2 }],
    })
  await touch('touchStart', 330)
  for (let x = 310; x >= 70; x -= 20) await touch('touchMove', x)
  await touch('touchEnd')
  await expect.poll(() => inView(log)).toBe(true)
  expect(await inView(call)).toBe(true)
  expect(await call.getAttribute('href')).toBe('tel:+8613800138000')
  expect((await log.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  expect(await overflow()).toBe(0)
  expect(await violations(page)).toEqual([])
  await log.click()
  const composer = page.getByRole('form', { name: '添加动态' })
  await composer.getByLabel('通话主题').fill('回访')
  await composer.getByRole('button', { name: '添加电话记录' }).click()
  await page.locator('.timeline-items').getByText('回访').waitFor()
})

it('offers no call to write down to somebody who only reads', async () => {
  const email = `${unique('reader').replace(/\W/g, '')}@example.com`
  const reader = await create('user', { name: unique('只读'), email, role: 'read_only' })
  await api('PUT', `/users/${reader.id}/password`, { password: 'only reading' })
  const phone = await openOutside({ phone: true })
  await phone.goto('/')
  await signIn(phone, email, 'only reading')
  const { page, complaints, close } = phone
  await phone.goto(`/o/account?q=${encodeURIComponent(JSON.stringify(name))}`)
  await page.getByRole('link', { name: `拨打 ${name}` }).waitFor()
  expect(await page.getByRole('link', { name: `记电话 ${name}` }).count()).toBe(0)
  await phone.goto(`/o/account/${id}#log`)
  await page.getByRole('heading', { name: '动态' }).waitFor()
  expect(await page.getByRole('form', { name: '添加动态' }).count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

it('shows a record in tabs, and the form over the whole screen', async () => {
  const { page } = app
  await app.goto(`/o/account/${id}`)
  await page.getByRole('tab', { name: '动态' }).click()
  await page.getByRole('form', { name: '添加动态' }).waitFor()
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: '编辑', exact: true }).click()
  await page.getByRole('dialog').getByLabel('客户名称').waitFor()
  expect(await overflow()).toBe(0)
  await page.keyboard.press('Escape')
})

it('shows the current stage of a path that is wider than the screen', async () => {
  const { page } = app
  const deal = await create('opportunity', { name: unique('手机商机'), stage: 'negotiation' })
  await app.goto(`/o/opportunity/${deal.id}`)
  const stage = page.getByRole('button', { name: '当前阶段 商务谈判' })
  await stage.waitFor()
  await expect
    .poll(async () => {
      const box = await stage.boundingBox()
      return box !== null && box.x >= 0 && box.x + box.width <= 390
    })
    .toBe(true)
  expect(await small()).toEqual([])
  expect(await overflow()).toBe(0)
})

it('reaches everything behind "more"', async () => {
  const { page } = app
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('dialog', { name: '更多' }).getByRole('link', { name: '回收站' }).click()
  await page.getByRole('heading', { level: 1, name: '回收站' }).waitFor()
  expect(await overflow()).toBe(0)
})

it('keeps a card within the screen whatever is in it', async () => {
  const { page } = app
  const body = '一段很长的内容，比屏幕宽得多。'.repeat(6)
  await create('note', { body, related_to_id: id })
  await app.goto('/o/note')
  const card = page.locator('.record-card').filter({ hasText: body }).first()
  await card.getByText('无标题').waitFor()
  const box = await card.boundingBox()
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390)
})

it('maps the columns of a file', async () => {
  const { page } = app
  await app.goto('/imports?object=account')
  const csv = Buffer.from('客户名称,电话\r\n甲,021-88001234\r\n')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: '客户.csv', mimeType: 'text/csv', buffer: csv })
  const last = page.getByLabel('导入到字段: 电话')
  await last.scrollIntoViewIfNeeded()
  await expect
    .poll(() =>
      last.evaluate((element) => {
        const { x, y, height } = element.getBoundingClientRect()
        return document.elementFromPoint(x + 5, y + height / 2) === element
      }),
    )
    .toBe(true)
  expect(await overflow()).toBe(0)
})
