// Makes the pictures of the user guide anew, in both languages, from a demo organisation: `docs/guide/LANGUAGE/images/NAME.webp`.
// Needs a running demo: GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD; `make pictures` starts one.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { browserOptions, server } from './table.mjs'

const { url, email, password } = server()
const seller = { email: 'sales1@demo.example', password: 'guanxi-demo' }
const administrator = { email, password }
const largest = 60 * 1024

const browser = await chromium.launch(browserOptions)

/** A signed-in window, and the API of the same user. */
async function enter(who, language, phone) {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 760 } : { width: 1200, height: 740 },
    isMobile: phone === true,
    hasTouch: phone === true,
    locale: language,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    baseURL: url,
  })
  const call = async (method, path, data) => {
    const answer = await context.request.fetch(`/api/v1${path}`, { method, data, headers: { Origin: url } })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
    return answer.status() === 204 ? null : answer.json()
  }
  const { user } = await call('POST', '/sessions', who)
  await call('PATCH', '/me', { language, theme: 'light', tour: -1, density: 'comfortable' })
  const page = await context.newPage()
  const first = async (q) => (await call('POST', '/query', { q, limit: 1 })).records[0]
  return { page, call, first, user, close: () => context.close() }
}

/** Keeps what is on screen, as small as it has to be. */
async function keep(page, language, name) {
  const folder = resolve(import.meta.dirname, `../../docs/guide/${language}/images`)
  mkdirSync(folder, { recursive: true })
  await page.waitForLoadState('networkidle').catch(() => {})
  await page.waitForTimeout(400)
  const session = await page.context().newCDPSession(page)
  let bytes
  for (const quality of [80, 65, 50, 35, 20]) {
    const shot = await session.send('Page.captureScreenshot', { format: 'webp', quality })
    bytes = Buffer.from(shot.data, 'base64')
    if (bytes.length <= largest) break
  }
  if (bytes.length > largest) throw new Error(`${name} is larger than ${largest} bytes`)
  writeFileSync(resolve(folder, `${name}.webp`), bytes)
  console.log(`${language} ${name}: ${Math.round(bytes.length / 1024)} KB`)
}

/** The pictures of a salesperson's day. */
async function selling(language) {
  const { page, first, close } = await enter(seller, language)
  const say = (chinese, english) => (language === 'en' ? english : chinese)
  await page.goto('/')
  await page.locator('.home-card li').first().waitFor()
  await keep(page, language, 'home')
  const deal = await first(
    "SELECT id FROM opportunity WHERE is_closed = FALSE AND owner.email = 'sales1@demo.example' ORDER BY updated_at DESC",
  )
  await page.goto(`/o/opportunity/${deal.id}`)
  await page.locator('.timeline-item').first().waitFor()
  await keep(page, language, 'record')
  const account = await first('SELECT id FROM account ORDER BY name')
  await page.goto(`/o/account?peek=${account.id}`)
  await page.locator('.peek h2').first().waitFor()
  await keep(page, language, 'list')
  await page.goto('/o/account')
  await page.getByRole('button', { name: say('筛选', 'Filter'), exact: true }).click()
  await page.getByRole('button', { name: say('添加条件', 'Add condition'), exact: true }).click()
  await page.getByRole('textbox', { name: say('值 1', 'Value 1') }).fill('科技')
  await page.locator('.filter-summary').waitFor()
  await keep(page, language, 'filter')
  await page.goto('/o/opportunity?view=opportunity.board')
  await page.locator('.board-card').first().waitFor()
  await keep(page, language, 'board')
  await page.goto('/o/meeting?kind=calendar&date=start_at')
  await page.locator('.calendar-entry').first().waitFor()
  await keep(page, language, 'calendar')
  await page.goto('/o/account')
  await page.locator('[role=row] a').first().waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type(say('xinjian', 'new'))
  await page.getByRole('option').first().waitFor()
  await keep(page, language, 'palette')
  await page.goto('/')
  await page.locator('#global-search').fill('keji')
  await page.getByRole('option').first().waitFor()
  await keep(page, language, 'search')
  await close()
}

const list = [
  '客户名称,电话,地区,行业,员工人数',
  '杭州云岭软件有限公司,0571-88001234,华东,软件,120',
  '苏州方舟精工有限公司,0512-66005678,华东,制造业,340',
  '成都望江医疗器械有限公司,028-85001122,西南,医疗,85',
].join('\r\n')

/** What an administrator sees, and word of a colleague for the salesperson. */
async function administering(language) {
  const { page, call, first, close } = await enter(administrator, language)
  await page.goto('/imports?object=account')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: '客户.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
  await page.locator('.mapping-table').waitFor()
  await keep(page, language, 'import')
  const account = await first('SELECT id, name FROM account ORDER BY name')
  const told = await first("SELECT id, name FROM user WHERE email = 'sales1@demo.example'")
  await call('POST', '/records/note', {
    body: `@${told.name} 请本周联系一下。`,
    related_to_id: account.id,
  })
  await close()
}

async function reading(language) {
  const { page, close } = await enter(seller, language)
  await page.goto('/')
  await page.locator('.side .bell-count').waitFor()
  await page.locator('.side .bell').click()
  await page.locator('.notification').first().waitFor()
  await keep(page, language, 'notifications')
  await close()
}

async function onPhone(language) {
  const { page, close } = await enter(seller, language, true)
  await page.goto('/o/account')
  await page.locator('.card-swipe').first().waitFor()
  await page
    .locator('.card-swipe')
    .nth(1)
    .evaluate((card) => card.scrollTo({ left: card.scrollWidth }))
  await keep(page, language, 'phone')
  await close()
}

try {
  for (const language of ['zh-CN', 'en']) {
    await selling(language)
    await administering(language)
    await reading(language)
    await onPhone(language)
  }
} finally {
  await browser.close()
}
