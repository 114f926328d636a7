// Languages: typed keys, one lazily loaded file per language, switched without a reload.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type security from './locales/security.zh-CN.ts'
import type zh from './locales/zh-CN.ts'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: { app: typeof zh; security: typeof security }
  }
}

const loaders: Record<Language, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('./locales/zh-CN.ts'),
  en: () => import('./locales/en.ts'),
}

/** Texts of screens that few open: they come with them. */
const apart: Record<Language, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('./locales/security.zh-CN.ts'),
  en: () => import('./locales/security.en.ts'),
}
let apartWanted = false

const storageKey = 'guanxi.language'

/** The language before anybody is signed in: the last one used here, else the browser's. */
export function initialLanguage(): Language {
  const wanted = localStorage.getItem(storageKey) ?? navigator.language
  return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

async function load(language: Language) {
  const add = async (name: string, loading: () => Promise<{ default: object }>) => {
    if (i18next.hasResourceBundle(language, name)) return
    i18next.addResourceBundle(language, name, (await loading()).default)
  }
  await Promise.all([
    add('app', loaders[language]),
    ...(apartWanted ? [add('security', apart[language])] : []),
  ])
}

/** Loads a screen together with the texts of the namespace `security`, which it needs. */
export const withTexts =
  <T>(screen: () => Promise<T>) =>
  async (): Promise<T> => {
    apartWanted = true
    const [loaded] = await Promise.all([screen(), load(currentLanguage())])
    return loaded
  }

export async function startI18n(language: Language) {
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    ns: ['app'],
    defaultNS: 'app',
    fallbackLng: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await load(language)
  await i18next.changeLanguage(language)
}

export async function setLanguage(language: Language) {
  await load(language)
  localStorage.setItem(storageKey, language)
  document.documentElement.lang = language
  if (i18next.language !== language) await i18next.changeLanguage(language)
}

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN'
}
