// A browser on the application, signed in, in a language and a theme; and the API for what a test needs beforehand.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

interface Look {
  language?: 'zh-CN' | 'en'
  theme?: 'light' | 'dark'
  phone?: boolean
  /** Another server than the one of all tests. */
  url?: string
  /** It meets refusals (403) on purpose; elsewhere one is a complaint. */
  refused?: boolean
}

export interface App {
  page: Page
  context: BrowserContext
  /** What the browser complained about. */
  complaints: string[]
  goto: (path: string) => Promise<void>
  close: () => Promise<void>
}

let token: string | null = null

/** Calls the API with a token of its own. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const call = (authorization: string | null) =>
    fetch(`${inject('url')}/api/v1${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(authorization ? { Authorization: `Bearer ${authorization}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  if (!token) {
    const answer = await fetch(`${inject('url')}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: inject('email'), password: inject('password') }),
    })
    token = ((await answer.json()) as { token: string }).token
  }
  const response = await call(token)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text ? JSON.parse(text) : undefined) as T
}

export const create = (object: string, values: Record<string, unknown>) =>
  api<{ id: string }>('POST', `/records/${object}`, values)

/** The bytes of the file that an action makes the browser save. */
export async function saved(page: Page, action: () => Promise<void>): Promise<Buffer> {
  const download = page.waitForEvent('download')
  await action()
  const chunks: Buffer[] = []
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A name that no other test uses. */
export const unique = (name: string) => `${name} ${Date.now().toString(36)}${Math.floor(Math.random() * 1e4)}`

let browser: Browser | null = null

async function theBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args,
  })
  return browser
}

export async function closeBrowser() {
  await browser?.close()
  browser = null
}

/** The sign-in page, nobody signed in. */
export async function openOutside({ phone, url, refused }: Look = {}): Promise<App> {
  const context = await (await theBrowser()).newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    hasTouch: phone === true,
    isMobile: phone === true,
    baseURL: url ?? inject('url'),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(Number(process.env.E2E_TIMEOUT ?? 15_000))
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const [, status] = /status of (\d+)/.exec(message.text()) ?? []
    const expected = ['401', '404', '412', '422', ...(refused ? ['403'] : [])].includes(status ?? '')
    if (message.type() === 'error' && !expected) complaints.push(message.text())
  })
  const goto = async (path: string) => {
    await page.goto(path)
    await page.locator('main').waitFor()
  }
  return { page, context, complaints, goto, close: () => context.close() }
}

/** Signs in on the page that asks for it. */
export async function signIn({ page }: App, email: string, password: string) {
  await page.getByLabel('邮箱').fill(email)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.locator('.home').waitFor()
}

export async function open(look: Look = {}): Promise<App> {
  await api('PATCH', '/me', { language: look.language ?? 'zh-CN', theme: look.theme ?? 'light', tour: -1 })
  const app = await openOutside(look)
  await app.goto('/')
  await signIn(app, inject('email'), inject('password'))
  return app
}
