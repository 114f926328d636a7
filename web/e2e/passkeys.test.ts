// Passkeys, with the authenticator that Chromium makes for tests. The site needs a name: no passkey is for an address of numbers.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { closeBrowser, openOutside, signIn } from './app.ts'
import { violations } from './axe.ts'
import { freePort } from './postgres.ts'
import { type Server, startDemoAt } from './server.ts'

let server: Server
let url = ''
const shots = process.env.E2E_SHOTS

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}`
  server = await startDemoAt(port, '--empty', '--public-url', url)
})
afterAll(async () => {
  await closeBrowser()
  await server?.stop()
})

it('makes a passkey, signs in by it, and removes it', async () => {
  const app = await openOutside({ url })
  const { page, context } = app
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await app.goto('/')
  await signIn(app, server.email, server.password)
  await app.goto('/settings')
  const section = page.getByRole('region', { name: '通行密钥' })
  await section.getByRole('button', { name: '添加通行密钥' }).click()
  await page.getByRole('status').getByText('已添加通行密钥').waitFor()
  await section.getByText('从未使用').waitFor()
  expect(await violations(page)).toEqual([])
  await section.scrollIntoViewIfNeeded()
  if (shots) await page.screenshot({ path: `${shots}/passkeys.png` })
  // The same device is not registered twice.
  await section.getByRole('button', { name: '添加通行密钥' }).click()
  await page.getByText('没有创建通行密钥').waitFor()

  await page.getByRole('button', { name: /账户菜单/ }).click()
  await page.getByRole('menuitem', { name: '退出登录' }).click()
  await page.getByRole('button', { name: 'English' }).click()
  expect(await violations(page)).toEqual([])
  if (shots) await page.screenshot({ path: `${shots}/sign_in_passkey.png` })
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.locator('.home').waitFor()
  await app.goto('/settings')
  await page.getByRole('button', { name: 'English' }).click()
  const passkeys = page.getByRole('region', { name: 'Passkeys' })
  await passkeys.getByText(/last used/).waitFor()
  await passkeys.getByRole('button', { name: /Remove passkey/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('status').getByText('Passkey removed').waitFor()

  await page.getByRole('button', { name: /Account menu/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('alert').getByText('This passkey cannot sign in').waitFor()
  expect(app.complaints).toEqual([])
  await app.close()
})
