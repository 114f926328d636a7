// What showing a value depends on beside the value: language, time zone, currency, and the objects there are.
import { createContext, use } from 'react'
import type { ObjectSummary } from '../api/types.ts'
import type { Language } from '../lib/i18n.ts'

export interface FieldSettings {
  language: Language
  timeZone: string
  currency: string
  currencies: string[]
  userId: string
  objects: Map<string, ObjectSummary>
  prefixes: Map<string, ObjectSummary>
}

const SettingsContext = createContext<FieldSettings | null>(null)

export const FieldSettingsProvider = SettingsContext.Provider

export function useFieldSettings(): FieldSettings {
  const settings = use(SettingsContext)
  if (!settings) throw new Error('fields are shown outside FieldSettingsProvider')
  return settings
}
