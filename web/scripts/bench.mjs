// Measures the built pages in Chromium against ux budgets: bytes of a first visit, LCP, CLS, INP, warm route changes, and a search
// as one types. Prints rows of a table in Markdown, and fails when a gate is passed. Needs a running server: GUANXI_URL, GUANXI_EMAIL,
// GUANXI_PASSWORD, as `guanxi demo` prints them.
import { chromium } from 'playwright-core'
import { browserOptions, server, signedIn, table } from './table.mjs'

const account = server()
const { line, end } = table()
const rounds = Number(process.env.ROUNDS ?? 5)

const pages = [
  ['home', '/', '.home-figures'],
  ['list', '/o/account', '[role=row] a'],
  ['board', '/o/opportunity?view=opportunity.board', '.board-card'],
  ['search', '/search?q=%E7%A7%91%E6%8A%80', '.search-result'],
  ['settings', '/settings', '.settings'],
]
const gates = { script: 250, lcp: 1_200, cls: 0.05, inp: 150, route: 200, search: 200 }

const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]
const p75 = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length * 0.75)]

/** Keeps what the browser says of paints, shifts and slow events. */
function watch() {
  const seen = { lcp: 0, cls: 0, events: [] }
  globalThis.__seen = seen
  const observe = (type, take, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      ...more,
    })
  observe('largest-contentful-paint', (entry) => {
    seen.lcp = entry.startTime
  })
  observe('layout-shift', (entry) => {
    if (!entry.hadRecentInput) seen.cls += entry.value
  })
  observe('event', (entry) => entry.interactionId && seen.events.push(entry.duration), {
    durationThreshold: 16,
  })
}

const browser = await chromium.launch(browserOptions)

async function watched() {
  const context = await signedIn(browser, account)
  await context.addInitScript(watch)
  return context
}

/** A first visit with nothing in the browser's cache. */
async function firstVisit(path, ready) {
  const context = await watched()
  const page = await context.newPage()
  let script = 0
  const sizes = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') sizes.push(request.sizes())
  })
  await page.goto(path)
  await page.locator(ready).first().waitFor()
  await page.waitForTimeout(1_000)
  for (const size of await Promise.all(sizes)) script += size.responseBodySize
  const { lcp, cls } = await page.evaluate(() => globalThis.__seen)
  await context.close()
  return { script: script / 1024, lcp, cls }
}

/** From the press on a link of the navigation until the page is there, everything once loaded. */
async function routeChanges(page) {
  const links = [
    ['/o/account', '[role=row] a'],
    ['/o/opportunity', '[role=row] a'],
    ['/', '.home-figures'],
    ['/jobs', 'h1'],
  ]
  const times = []
  for (let round = 0; round <= rounds; round += 1) {
    for (const [path, ready] of links) {
      const time = await page.evaluate(
        async ([path, ready]) => {
          const link = document.querySelector(`.side a[href="${path}"]`)
          const start = performance.now()
          link.click()
          const there = () => location.pathname === path && document.querySelector(`main ${ready}`)
          while (!there()) await new Promise((done) => requestAnimationFrame(done))
          return performance.now() - start
        },
        [path, ready],
      )
      // The first round loads what the others find.
      if (round > 0) times.push(time)
      await page.waitForTimeout(150)
    }
  }
  return times
}

/** From the last key until the results of just this text are shown. */
async function searches(page) {
  const times = []
  for (const text of ['科技', '有限', '北京', '上海', 'keji', 'bj', '138', 'wang']) {
    await page.locator('#global-search').fill('')
    await page.waitForTimeout(200)
    await page.locator('#global-search').focus()
    times.push(
      await page.evaluate(async (text) => {
        const input = document.querySelector('#global-search')
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
        const start = performance.now()
        set.call(input, text)
        input.dispatchEvent(new Event('input', { bubbles: true }))
        const shown = () => document.querySelector(`[role=listbox][aria-busy=false][aria-label*="${text}"]`)
        while (!shown()) await new Promise((done) => requestAnimationFrame(done))
        return performance.now() - start
      }, text),
    )
  }
  await page.keyboard.press('Escape')
  return times
}

/** Presses and keys as people make them; the browser says how long each took until the next paint. */
async function interactions(page) {
  await page.goto('/o/account')
  await page.locator('[role=row] a').first().waitFor()
  await page.evaluate(() => {
    globalThis.__seen.events.length = 0
  })
  for (let round = 0; round < rounds; round += 1) {
    await page.keyboard.press('Control+k')
    await page.locator('dialog.palette').waitFor()
    await page.keyboard.type('kehu', { delay: 60 })
    await page.keyboard.press('Escape')
    await page
      .locator('main input[type=checkbox]')
      .nth(2 + round)
      .click()
    await page.locator('.side a[href="/o/opportunity"]').click()
    await page.locator('main h1').waitFor()
    await page.waitForTimeout(400)
    await page.locator('.side a[href="/o/account"]').click()
    await page.locator('[role=row] a').first().waitFor()
    await page.waitForTimeout(400)
  }
  return page.evaluate(() => globalThis.__seen.events)
}

try {
  for (const [name, path, ready] of pages) {
    const visits = []
    for (let round = 0; round < Math.min(rounds, 3); round += 1) visits.push(await firstVisit(path, ready))
    line(`${name}: script of a first visit`, median(visits.map((visit) => visit.script)), gates.script, 'KB')
    line(`${name}: LCP`, median(visits.map((visit) => visit.lcp)), gates.lcp, 'ms')
    line(`${name}: CLS`, median(visits.map((visit) => visit.cls)), gates.cls, '')
  }
  const context = await watched()
  const page = await context.newPage()
  await page.goto('/')
  await page.locator('.home-figures').waitFor()
  await page.locator('#global-search').waitFor()
  line('warm route change, p75', p75(await routeChanges(page)), gates.route, 'ms')
  line('search as one types, p75', p75(await searches(page)), gates.search, 'ms')
  line('INP, p75 of what took 16 ms or more', p75(await interactions(page)) ?? 0, gates.inp, 'ms')
} finally {
  await browser.close()
}
end()
