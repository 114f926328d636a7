// What the walks of a first day have in common: a new user, the ways about the screen on a desk and on a phone, and a look at each stop.
import { expect } from 'vitest'
import { type App, api, create, openOutside, unique } from './app.ts'
import { colours, violations } from './axe.ts'

/** On a desk and on a phone, in both languages; each stop is looked at in light and in dark. */
export const days = [
  { device: 'desktop', language: 'zh-CN' },
  { device: 'desktop', language: 'en' },
  { device: 'phone', language: 'zh-CN' },
  { device: 'phone', language: 'en' },
] as const
type Kind = (typeof days)[number]

export interface Person {
  id: string
  name: string
  email: string
  password: string
}

/** Somebody who has never been here. */
export async function newcomer(role: string, language: string): Promise<Person> {
  const name = unique('新人')
  const email = `${name.replace(/\W/g, '')}@example.com`
  const password = 'a first password'
  const { id } = await create('user', { name, email, role, language })
  await api('PUT', `/users/${id}/password`, { password })
  return { id, name, email, password }
}

export class Day {
  readonly app: App
  readonly phone: boolean
  private readonly english: boolean
  private dark = false

  private constructor(app: App, kind: Kind) {
    this.app = app
    this.phone = kind.device === 'phone'
    this.english = kind.language === 'en'
  }

  static async begin(kind: Kind): Promise<Day> {
    const app = await openOutside({ phone: kind.device === 'phone' })
    await app.page.emulateMedia({ reducedMotion: 'reduce' })
    return new Day(app, kind)
  }

  get page() {
    return this.app.page
  }

  /** The words of the language that the day is spent in. */
  say = (chinese: string, english: string) => (this.english ? english : chinese)

  /** Nothing wrong for those who cannot see, or see little: all rules, and once more the colours in the other theme. */
  async look() {
    await this.page.emulateMedia({ colorScheme: this.dark ? 'dark' : 'light' })
    expect(await violations(this.page)).toEqual([])
    this.dark = !this.dark
    await this.page.emulateMedia({ colorScheme: this.dark ? 'dark' : 'light' })
    await expect
      .poll(() => this.page.evaluate(() => document.documentElement.dataset.theme))
      .toBe(this.dark ? 'dark' : 'light')
    expect(await violations(this.page, colours)).toEqual([])
    expect(await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
  }

  async signIn({ email, password }: Person) {
    const { page, say } = this
    await this.app.goto('/')
    if (this.english) await page.getByRole('button', { name: 'English' }).click()
    await page.getByLabel(say('邮箱', 'E-mail')).fill(email)
    await page.getByLabel(say('密码', 'Password')).fill(password)
    await this.look()
    await page.getByRole('button', { name: say('登录', 'Sign in'), exact: true }).click()
    await page.getByRole('region', { name: say('我的任务', 'My tasks') }).waitFor()
  }

  /** Takes the tour to its end; what stands on its cards. */
  async tour(): Promise<string[]> {
    const { page, say } = this
    await this.look()
    await page.getByRole('button', { name: say('开始新手引导', 'Take the tour') }).click()
    const card = page.getByRole('dialog', { name: say('新手引导', 'Tour') })
    const titles: string[] = []
    for (let step = 1; ; step += 1) {
      await card.getByText(new RegExp(`^${step} / `)).waitFor()
      titles.push((await card.getByRole('heading').textContent()) ?? '')
      const box = await card.boundingBox()
      const size = page.viewportSize()
      expect(box && size && box.x >= 0 && box.y >= 0).toBe(true)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size?.height ?? 0)
      if (step === 2) await this.look()
      const next = card.getByRole('button', { name: say('下一步', 'Next') })
      if ((await next.count()) === 0) break
      await next.click()
    }
    await card.getByRole('button', { name: say('完成', 'Done') }).click()
    await card.waitFor({ state: 'hidden' })
    return titles
  }

  /** Opens what the phone has behind "more"; on a desk all of it is in view. */
  async more() {
    if (!this.phone) return this.page.locator('.side')
    const panel = this.page.getByRole('dialog', { name: this.say('更多', 'More'), exact: true })
    if (!(await panel.isVisible()))
      await this.page.getByRole('button', { name: this.say('更多', 'More'), exact: true }).click()
    await panel.waitFor()
    return panel
  }

  /** Goes to a place of the navigation, whose heading then shows. */
  async visit(chinese: string, english: string) {
    const name = this.say(chinese, english)
    await (await this.more()).getByRole('link', { name, exact: true }).click()
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }

  async home() {
    await this.page
      .getByRole('navigation')
      .locator('visible=true')
      .getByRole('link', { name: this.say('首页', 'Home'), exact: true })
      .first()
      .click()
    await this.page.getByRole('region', { name: this.say('我的任务', 'My tasks') }).waitFor()
  }

  /** A tab of a record's page, which a desk shows all at once. */
  async tab(chinese: string, english: string) {
    if (this.phone) await this.page.getByRole('tab', { name: this.say(chinese, english) }).click()
  }

  /** The words that come up after something was done. */
  async told(text: string) {
    await this.page.getByRole('status').getByText(text).first().waitFor()
  }

  dialog(chinese: string, english: string) {
    return this.page.getByRole('dialog', { name: this.say(chinese, english) })
  }

  async save(dialog: ReturnType<Day['dialog']>) {
    await dialog.getByRole('button', { name: this.say('保存', 'Save'), exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
  }

  async end() {
    expect(this.app.complaints).toEqual([])
    await this.app.close()
  }
}
