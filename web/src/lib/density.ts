// How close rows stand; the choice also lives in this browser so that the first paint is right.
import { useSyncExternalStore } from 'react'

export const densities = ['comfortable', 'compact'] as const
export type Density = (typeof densities)[number]

const listeners = new Set<() => void>()

export function setDensity(density: Density) {
  localStorage.setItem('guanxi.density', density)
  document.documentElement.dataset.density = density
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const compact = () => document.documentElement.dataset.density === 'compact'

/** The height of a row of a list in pixels; `--row` in tokens.css is the same. */
export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => (compact() ? 28 : 36))
}
