// What the log says in one word, in the reader's language; what a later version says is shown as it is.
import { useTranslation } from 'react-i18next'
import type { AuditEntry, AuditKind } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'

/** In the order in which they are chosen from; those of the server, all of them. */
const known: Record<AuditKind, true> = {
  create: true,
  update: true,
  delete: true,
  restore: true,
  purge: true,
  schema: true,
  sign_in: true,
  sign_in_failed: true,
  sign_out: true,
  refused: true,
  session_end: true,
  password_change: true,
  step_up: true,
  second_factor_on: true,
  second_factor_off: true,
  recovery_codes: true,
  passkey_added: true,
  passkey_removed: true,
  link_sent: true,
  token_made: true,
  token_revoked: true,
  preview_begin: true,
  preview_end: true,
  reveal: true,
  share: true,
  unshare: true,
  read: true,
  export: true,
  import_start: true,
  import_undo: true,
  audit_key: true,
  audit_posting: true,
  erasure: true,
}
export const kinds = Object.keys(known) as AuditKind[]
const doors = ['rest', 'token', 'import', 'cli', 'system'] as const

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
      const kind = kinds.find((kind) => kind === name)
      return kind ? t(`audit.kind.${kind}`) : name
    },
    door: (name: string) => {
      const known = doors.find((door) => door === name)
      return known ? t(`audit.doorName.${known}`) : name
    },
  }
}
