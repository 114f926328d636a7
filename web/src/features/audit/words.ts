// What the log says in one word, in the reader's language; what a later version says is shown as it is.
import { useTranslation } from 'react-i18next'

export const kinds = [
  'create',
  'update',
  'delete',
  'restore',
  'purge',
  'schema',
  'sign_in',
  'sign_in_failed',
  'sign_out',
  'session_end',
  'password_change',
  'reveal',
  'share',
  'unshare',
  'read',
  'export',
  'import_start',
  'import_undo',
  'audit_key',
  'audit_posting',
  'erasure',
] as const
const doors = ['rest', 'import', 'cli', 'system'] as const

export function useAuditWords() {
  const { t } = useTranslation()
  return {
    kind: (name: string) => {
      const known = kinds.find((kind) => kind === name)
      return known ? t(`audit.kind.${known}`) : name
    },
    door: (name: string) => {
      const known = doors.find((door) => door === name)
      return known ? t(`audit.doorName.${known}`) : name
    },
  }
}
