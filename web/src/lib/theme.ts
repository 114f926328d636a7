// Light, dark or as the system has it; the choice lives in this browser so that the first paint is right.
import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark' | 'system'
const key = 'guanxi.theme'
const listeners = new Set<() => void>()
const systemDark = () => window.matchMedia('(prefers-color-scheme: dark)')

function storedTheme(): Theme {
  const value = localStorage.getItem(key)
  return value === 'light' || value === 'dark' ? value : 'system'
}

function apply() {
  const theme = storedTheme()
  const dark = theme === 'dark' || (theme === 'system' && systemDark().matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

export function setTheme(theme: Theme) {
  localStorage.setItem(key, theme)
  apply()
}

/** Follows the system while the choice is "system". */
export function watchSystemTheme() {
  systemDark().addEventListener('change', apply)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme === 'dark')
}
