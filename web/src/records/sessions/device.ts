// What a client calls itself, as a device that its owner knows: the browser and the system.

/** Whoever is built on another names it too: the special ones come first. */
const browsers = [
  ['wecom', /wxwork/i],
  ['wechat', /MicroMessenger/i],
  ['dingtalk', /DingTalk/i],
  ['feishu', /Lark|Feishu/i],
  ['qq', /M?QQBrowser/],
  ['uc', /UCBrowser|UCWEB/],
  ['quark', /Quark/],
  ['huawei', /HuaweiBrowser/],
  ['xiaomi', /MiuiBrowser/],
  ['samsung', /SamsungBrowser/],
  ['edge', /Edg(e|A|iOS)?\//],
  ['opera', /OPR\/|Opera/],
  ['firefox', /Firefox\/|FxiOS\//],
  ['chrome', /Chrome\/|CriOS\//],
  ['safari', /Version\/.*Safari\//],
] as const

const systems = [
  ['harmony', /HarmonyOS/],
  ['android', /Android/],
  ['iphone', /iPhone|iPod/],
  ['ipad', /iPad/],
  ['windows', /Windows/],
  ['chromeos', /CrOS/],
  ['mac', /Macintosh|Mac OS X/],
  ['linux', /Linux|X11/],
] as const

type Browser = (typeof browsers)[number][0]
type System = (typeof systems)[number][0]

interface Device {
  browser: Browser
  system: System
  /** It is held in the hand. */
  mobile: boolean
}

const handheld: System[] = ['harmony', 'android', 'iphone', 'ipad']

/** Null for what is no browser that is known. */
export function deviceOf(agent: string): Device | null {
  const browser = browsers.find(([, pattern]) => pattern.test(agent))?.[0]
  const system = systems.find(([, pattern]) => pattern.test(agent))?.[0]
  return browser && system ? { browser, system, mobile: handheld.includes(system) } : null
}

const longest = 60

/** What an unknown client calls itself, in one short line. */
export function shortAgent(agent: string): string {
  const line = agent.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
