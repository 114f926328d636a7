// What the screens of roles share: how a role is called, and what to read again after one has changed.
import { useQueryClient } from '@tanstack/react-query'
import { useFieldSettings } from '../../fields/context.tsx'
import type { Labels } from './definition.ts'

/** The text in the user's language. */
export function useLabel() {
  const { language } = useFieldSettings()
  return (labels: Labels) => (language === 'en' ? labels.en : labels.zh)
}

/** Roles are also the choices of a user's fields, and decide what there is to see on any screen, one's own included. */
export function useRefreshRoles() {
  const client = useQueryClient()
  return () => client.invalidateQueries()
}
