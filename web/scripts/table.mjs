// The rows of the table that the scripts print, and whether one of them is over its gate.

/** Collects rows; `end` ends the program, badly if a gate was passed. */
export function table() {
  let failed = false
  return {
    line(name, value, gate, unit) {
      const over = value === undefined || value > gate
      failed ||= over
      const shown =
        value === undefined ? 'nothing' : `${unit === '' ? value.toFixed(3) : rounded(value)} ${unit}`.trim()
      console.log(`| ${name} | ${shown} | ≤ ${`${gate} ${unit}`.trim()} | ${over ? 'OVER' : 'ok'} |`)
    },
    atLeast(name, value, gate, unit) {
      const under = value < gate
      failed ||= under
      console.log(
        `| ${name} | ${rounded(value)} ${unit} | ≥ ${gate} ${unit} | ${under ? 'UNDER' : 'ok'} |`.replaceAll(
          '  ',
          ' ',
        ),
      )
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
