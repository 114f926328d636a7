// Measures what a frame costs while a list is scrolled of which 10,000 rows were fetched, without a GPU: CPU time of all the browser's
// processes per frame, and the main thread's part of it. Prints rows of a table. Needs a running server (GUANXI_URL, GUANXI_EMAIL,
// GUANXI_PASSWORD, as `guanxi demo` prints them) with an object that has so many records; with FILL=1 they are made first. With an
// OBJECT of a million records (`guanxi demo --size l`) it is the same list: what has been fetched is what can be scrolled.
import { chromium } from 'playwright-core'
import { browserOptions, call, server, signedIn, table } from './table.mjs'

const account = server()
const { OBJECT: object = 'account', FILL } = process.env
const rows = Number(process.env.ROWS ?? 10_000)
const frames = Number(process.env.FRAMES ?? 900)
/** Pixels a frame: a quick turn of the wheel. */
const step = Number(process.env.STEP ?? 60)
const gate = 10
const { line, end } = table()

const { token } = await call(account.url, 'POST', '/sessions', {
  email: account.email,
  password: account.password,
})
const api = (path, body) => call(account.url, 'POST', path, body, token)
const count = async () => (await api('/query', { q: `SELECT COUNT(id) n FROM ${object}` })).records[0].n

if (FILL) {
  for (let have = await count(); have < rows; have += 1_000) {
    const operations = Array.from({ length: 1_000 }, (_, index) => ({
      op: 'create',
      values: {
        name: `滚动测试有限公司 ${have + index}`,
        classification: ['potential', 'active', 'key'][index % 3],
        phone: `138${String(10_000_000 + have + index)}`,
        region: ['华东', '华北', '华南'][index % 3],
      },
    }))
    await api(`/records/${object}/bulk`, { operations, all_or_none: true })
  }
}
const total = await count()
if (total < rows) throw new Error(`fewer than ${rows} records of ${object}; FILL=1 makes them`)

const browser = await chromium.launch(browserOptions)
try {
  const page = await (await signedIn(browser, account)).newPage()
  await page.goto(`/o/${object}`)
  const scroller = page.locator('.table-scroll')
  await scroller.waitFor()
  await load(page, scroller)
  const cdp = await browser.newBrowserCDPSession()
  const thread = await page.context().newCDPSession(page)
  await thread.send('Performance.enable')
  await scroll(scroller, 120)
  const before = await figures(cdp, thread)
  const seconds = await scroll(scroller, frames)
  const after = await figures(cdp, thread)
  const perFrame = (name) => ((after[name] ?? 0) - (before[name] ?? 0)) / frames
  const what = `${rows.toLocaleString('en')} rows fetched of ${total.toLocaleString('en')} (${object})`
  line(`scrolling, ${what}: CPU a frame, page`, perFrame('renderer'), gate, 'ms')
  const parts = Object.keys(after).map((name) => `${name} ${perFrame(name).toFixed(1)}`)
  console.error(`${Math.round(frames / seconds)} frames a second; CPU in ms a frame: ${parts.join(', ')}`)
} finally {
  await browser.close()
}
end()

/** Scrolls down until all rows have been fetched. */
async function load(page, scroller) {
  await page.locator('.table-body-row a').first().waitFor()
  for (let tries = 0; tries < 2_000; tries++) {
    const height = await scroller.evaluate((element) => {
      element.scrollTo(0, element.scrollHeight)
      return element.scrollHeight
    })
    if (height >= rows * 30) break
    await page.waitForTimeout(30)
  }
  await scroller.evaluate((element) => element.scrollTo(0, 0))
  await page.waitForTimeout(1_000)
}

/** Scrolls a step each frame; gives the seconds it took. */
function scroll(scroller, many) {
  return scroller.evaluate(
    (element, { many, step }) =>
      new Promise((done) => {
        const start = performance.now()
        let left = many
        const next = () => {
          element.scrollTop += step
          left -= 1
          if (left > 0) requestAnimationFrame(next)
          else done((performance.now() - start) / 1_000)
        }
        requestAnimationFrame(next)
      }),
    { many, step },
  )
}

/** CPU in milliseconds so far: of the processes, and of the main thread by kind of work. */
async function figures(cdp, thread) {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  const { metrics } = await thread.send('Performance.getMetrics')
  const metric = (name) => (metrics.find((item) => item.name === name)?.value ?? 0) * 1_000
  const cpu = (kind) =>
    processInfo.filter((item) => kind(item.type)).reduce((sum, item) => sum + item.cpuTime * 1_000, 0)
  return {
    all: cpu(() => true),
    renderer: cpu((type) => type === 'renderer'),
    gpu: cpu((type) => type === 'GPU'),
    browser: cpu((type) => type === 'browser'),
    main_thread: metric('TaskDuration'),
    script: metric('ScriptDuration'),
    style: metric('RecalcStyleDuration'),
    layout: metric('LayoutDuration'),
  }
}
