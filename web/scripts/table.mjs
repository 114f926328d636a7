// The rows of the table that the scripts print, and whether one of them is over its gate.

/** Begins a table, with its head in the first of several scripts, and collects rows; `end` ends the program, badly if a gate was passed. */
export function table() {
  let failed = false
  if (process.env.TABLE_HEAD) console.log('| figure | measured | gate | |\n| --- | --- | --- | --- |')
  return {
    line(name, value, gate, unit) {
      // Written so that a figure that is missing, or is no number, does not pass.
      const over = !(value <= gate)
      failed ||= over
      const shown = Number.isFinite(value)
        ? `${unit === '' ? value.toFixed(3) : rounded(value)} ${unit}`.trim()
        : 'nothing'
      console.log(`| ${name} | ${shown} | ≤ ${`${gate} ${unit}`.trim()} | ${over ? 'OVER' : 'ok'} |`)
    },
    atLeast(name, value, gate, unit) {
      const under = !(value >= gate)
      failed ||= under
      const shown = Number.isFinite(value) ? `${rounded(value)} ${unit}`.trim() : 'nothing'
      console.log(`| ${name} | ${shown} | ≥ ${`${gate} ${unit}`.trim()} | ${under ? 'UNDER' : 'ok'} |`)
    },
    end: () => process.exit(failed ? 1 : 0),
  }
}

const rounded = (value) => (value < 20 ? Number(value.toFixed(1)) : Math.round(value))

/** Where the server is, as `scripts/with_demo.mjs` says it. */
export function server() {
  const { GUANXI_URL: url, GUANXI_EMAIL: email, GUANXI_PASSWORD: password } = process.env
  if (!url || !email || !password) throw new Error('set GUANXI_URL, GUANXI_EMAIL and GUANXI_PASSWORD')
  return { url, email, password }
}

/** The browser, without a GPU. */
export const browserOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
}

/** Calls the API; gives its answer. */
export async function call(url, method, path, body, token) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : null
}

/** A browser's page with somebody signed in. */
export async function signedIn(browser, { url, email, password }) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    baseURL: url,
    locale: 'zh-CN',
  })
  const sent = await context.request.post('/api/v1/sessions', {
    data: { email, password },
    headers: { Origin: url },
  })
  if (!sent.ok()) throw new Error(`cannot sign in: ${sent.status()}`)
  return context
}
