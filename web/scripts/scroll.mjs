// Measures what a frame costs while a list of 10,000 rows is scrolled, without a GPU: CPU time of all the browser's processes per
// frame, and the main thread's part of it. Prints one line of JSON. Needs a running server (GUANXI_URL, GUANXI_EMAIL,
// GUANXI_PASSWORD, as `guanxi demo` prints them) with an object that has so many records; with FILL=1 they are made first.
import { chromium } from 'playwright-core'

const {
  GUANXI_URL: url,
  GUANXI_EMAIL: email,
  GUANXI_PASSWORD: password,
  OBJECT: object = 'account',
  CHROMIUM: executablePath = '/usr/bin/chromium',
  FILL,
} = process.env
const rows = Number(process.env.ROWS ?? 10_000)
const frames = Number(process.env.FRAMES ?? 900)
/** Pixels a frame: a quick turn of the wheel. */
const step = Number(process.env.STEP ?? 60)
if (!url || !email || !password) throw new Error('set GUANXI_URL, GUANXI_EMAIL and GUANXI_PASSWORD')

const headers = { 'Content-Type': 'application/json' }
async function api(path, body) {
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
headers.Authorization = `Bearer ${(await api('/sessions', { email, password })).token}`
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
if ((await count()) < rows) throw new Error(`fewer than ${rows} records of ${object}; FILL=1 makes them`)

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
})
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    baseURL: url,
    locale: 'zh-CN',
  })
  await page.goto('/sign-in')
  await page.evaluate(
    (body) =>
      fetch('/api/v1/sessions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    { email, password },
  )
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
  const perFrame = (name) => Number((((after[name] ?? 0) - (before[name] ?? 0)) / frames).toFixed(2))
  const names = Object.keys(after)
  console.log(
    JSON.stringify({
      object,
      rows,
      frames,
      frames_per_second: Math.round(frames / seconds),
      cpu_ms_per_frame: Object.fromEntries(names.map((name) => [name, perFrame(name)])),
    }),
  )
} finally {
  await browser.close()
}

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
