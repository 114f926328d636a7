// Signing in and out, the way back after the session ends, languages and themes.
import { afterAll, describe, expect, inject, it } from 'vitest'
import { api, closeBrowser, create, open, openOutside, signIn, unique } from './app.ts'

afterAll(closeBrowser)

describe('signing in', () => {
  it('refuses a wrong password in words, and leads back to the page asked for', async () => {
    // Tests before may have left the user another language, which shows once one is in.
    await api('PATCH', '/me', { language: 'zh-CN', theme: 'light', tour: -1 })
    const { page, close, complaints, goto } = await openOutside()
    await goto('/jobs')
    await page.getByLabel('邮箱').fill(inject('email'))
    await page.getByLabel('密码').fill('wrong')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('alert').getByText('邮箱或密码不正确').waitFor()
    await page.getByLabel('密码').fill(inject('password'))
    await page.getByLabel('密码').press('Enter')
    await page.getByRole('heading', { level: 1, name: '后台任务' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/jobs')
    expect(complaints).toEqual([])
    await close()
  })

  it('asks to sign in again when the session has ended', async () => {
    const { page, context, close, goto } = await open()
    await goto('/settings')
    await page.waitForLoadState('networkidle')
    await context.clearCookies()
    await page.getByRole('link', { name: '商机', exact: true }).first().dispatchEvent('click')
    await page.getByRole('status').getByText('登录已过期').waitFor()
    await close()
  })

  it('leads to the source of the program', async () => {
    const { page, context, close } = await open()
    await context.route('https://example.com/**', (route) => route.fulfill({ body: 'the source' }))
    await page.getByRole('button', { name: /账户菜单/ }).click()
    const opened = context.waitForEvent('page')
    await page.getByRole('menuitem', { name: '源代码' }).click()
    expect((await opened).url()).toBe('https://example.com/guanxi')
    await close()
  })

  it('goes on where one changes the password, and ends elsewhere', async () => {
    const email = `${unique('own').replace(/\W/g, '')}@example.com`
    const { id } = await create('user', { name: unique('自己改'), email, role: 'standard' })
    await api('PUT', `/users/${id}/password`, { password: 'the first password' })
    const [here, elsewhere] = [await openOutside(), await openOutside()]
    for (const app of [here, elsewhere]) {
      await app.goto('/')
      await signIn(app, email, 'the first password')
    }
    const { page, goto } = here
    await goto('/settings')
    await page.getByRole('button', { name: '修改密码' }).click()
    await page.getByLabel('当前密码').fill('the first password')
    await page.getByLabel('新密码').fill('the second password')
    await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
    await page.getByRole('status').getByText('密码已设置').waitFor()
    await goto('/settings')
    await page.getByRole('button', { name: '修改密码' }).waitFor()
    await elsewhere.page.reload()
    await elsewhere.page.getByRole('button', { name: '登录', exact: true }).waitFor()
    expect(here.complaints).toEqual([])
    await here.close()
    await elsewhere.close()
  })

  it('signs out', async () => {
    const { page, close, goto } = await open()
    await page.getByRole('button', { name: /账户菜单/ }).click()
    await page.getByRole('menuitem', { name: '退出登录' }).click()
    await page.getByRole('button', { name: '登录', exact: true }).waitFor()
    await goto('/jobs')
    await page.getByRole('button', { name: '登录', exact: true }).waitFor()
    await close()
  })
})

describe('language and theme', () => {
  it('switches the language without a reload, labels of the server included', async () => {
    const { page, close, goto, complaints } = await open()
    await goto('/o/account')
    await page.getByRole('heading', { name: '客户', exact: true }).waitFor()
    await page.evaluate(() => Object.assign(window, { stillHere: true }))
    await page.getByRole('button', { name: /账户菜单/ }).click()
    await page.getByRole('menuitemradio', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Accounts', exact: true }).waitFor()
    await page.getByRole('navigation', { name: 'Main navigation' }).getByText('Opportunities').waitFor()
    await page
      .getByRole('button', { name: /New account/i })
      .first()
      .waitFor()
    expect(await page.evaluate(() => 'stillHere' in window)).toBe(true)
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    await page.getByRole('button', { name: /Account menu/ }).click()
    await page.getByRole('menuitemradio', { name: '简体中文' }).click()
    await page.getByRole('heading', { name: '客户', exact: true }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('follows what was chosen in another browser, without a reload', async () => {
    const { page, close, goto } = await open()
    await goto('/o/account')
    await page.getByRole('heading', { name: '客户', exact: true }).waitFor()
    await api('PATCH', '/me', { language: 'en', theme: 'dark' })
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
    await page.getByRole('heading', { name: 'Accounts', exact: true }).waitFor()
    await page
      .getByRole('button', { name: /New account/i })
      .first()
      .waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await close()
  })

  it('is dark from the first paint once dark was chosen', async () => {
    const { page, close } = await open()
    await page.getByRole('button', { name: /账户菜单/ }).click()
    await page.getByRole('menuitemradio', { name: '深色' }).click()
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
    await expect.poll(theme).toBe('dark')
    await page.reload({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.body !== null)
    expect(await theme()).toBe('dark')
    await close()
  })
})
