// What the log says in one word, in the reader's language; what a later version says is shown as it is.
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'

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
  'preview_begin',
  'preview_end',
] as const
const doors = ['rest', 'import', 'cli', 'system'] as const

/** Fields that tell a record apart that has no name, the best first. */
const telling = ['name', 'subject', 'title', 'body', 'description']
const longest = 40

/** What the record is called; where it has no name or is gone, by what the entry itself says of it. */
function nameOf({ about, fields, entry: { record } }: AuditEntry): string {
  const texts = telling.flatMap((name) => {
    const field = fields.find((one) => one.field === name)
    return [field?.new, field?.old]
  })
  const text = texts.find((value) => typeof value === 'string' && value.trim() !== '')
  if (about?.name) return about.name
  if (typeof text !== 'string') return record ?? ''
  const line = text.trim().split('\n')[0] ?? ''
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

export function useAuditWords() {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  return {
    /** Who: where it was nobody, the product itself or its command line. */
    who: ({ by, entry: { door, user } }: AuditEntry) => {
      if (by?.name) return by.name
      if (user) return user
      if (door === 'system') return t('common.somebody')
      return door === 'cli' ? t('audit.doorName.cli') : t('audit.nobody')
    },
    name: nameOf,
    /** About which record: its object and what it is called. */
    about: (entry: AuditEntry) => {
      const { object } = entry.entry
      const label = object ? (objects.get(object)?.label ?? object) : ''
      return [label, nameOf(entry)].filter(Boolean).join(' · ')
    },
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
