// One entry of the audit log: who, when, by which door, from where; what was there before and after; its place in the signed tree.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { AuditEntry } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { useValueWords } from '../../records/detail/change_text.tsx'
import { fieldsByName } from '../../records/meta.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TakeBack } from './take_back.tsx'
import { useAuditWords } from './words.ts'

interface EntryDialogProps {
  entry: AuditEntry
  /** Whether the last signed checkpoint covers it. */
  signed: boolean
  onClose: () => void
  /** Narrows the log to the entry's record. */
  onRecord: (record: string) => void
}

export function EntryDialog({ entry, signed, onClose, onRecord }: EntryDialogProps) {
  const { t } = useTranslation()
  const { objects, language, timeZone } = useFieldSettings()
  const words = useAuditWords()
  const { at, kind, door, object, record, digest } = entry.entry
  const body = (entry.body ?? {}) as Record<string, unknown>
  const facts: Array<[string, string]> = [
    [t('audit.when'), formatDateTime(at, language, timeZone)],
    [t('audit.person'), words.who(entry)],
    [t('audit.door'), words.door(door)],
    [t('audit.address'), typeof body.client === 'string' ? body.client : ''],
    [t('audit.object'), object ? (objects.get(object)?.label ?? object) : ''],
    [t('audit.record'), record ? [...new Set([words.name(entry), record])].join(' · ') : ''],
    [t('audit.text'), t(`audit.${entry.text}`)],
    [t('audit.place'), `${entry.index} · ${signed ? t('audit.signedYes') : t('audit.signedNo')}`],
    [t('audit.digest'), digest],
  ]
  return (
    <Dialog
      wide
      title={`${words.kind(kind)} · ${t('audit.entry', { index: entry.index })}`}
      onClose={onClose}
    >
      {record && (
        <div className="audit-links">
          <Button onClick={() => onRecord(record)}>{t('audit.allOfRecord')}</Button>
          {object && entry.about && (
            <Link className="btn btn-outline" to="/o/$object/$id" params={{ object, id: record }}>
              {t('audit.openRecord')}
            </Link>
          )}
        </div>
      )}
      <TakeBack entry={entry} onDone={onClose} />
      <dl className="audit-facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {entry.closed && <p>{t('audit.closed')}</p>}
      {entry.fields.length > 0 && object && <Changed object={object} fields={entry.fields} />}
      <Details body={body} />
    </Dialog>
  )
}

function Changed({ object, fields }: { object: string; fields: AuditEntry['fields'] }) {
  const { t } = useTranslation()
  const { data: meta } = useQuery(objectQuery(object))
  const known = meta ? fieldsByName(meta) : new Map()
  const words = useValueWords(fields)
  return (
    <table className="plain-table audit-values">
      <thead>
        <tr>
          <th scope="col">{t('audit.field')}</th>
          <th scope="col">{t('audit.old')}</th>
          <th scope="col">{t('audit.new')}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.field}>
            <th scope="row">{field.label}</th>
            <td>{words(field.old, known.get(field.field)) || '—'}</td>
            <td>{words(field.new, known.get(field.field)) || '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What else an event says: exact, as it was noted. */
function Details({ body }: { body: Record<string, unknown> }) {
  const { t } = useTranslation()
  const { client: _, ...rest } = body
  if (Object.keys(rest).length === 0) return null
  return (
    <section aria-label={t('audit.more')}>
      <h3>{t('audit.more')}</h3>
      <pre className="audit-body" tabIndex={0}>
        {JSON.stringify(rest, null, 2)}
      </pre>
    </section>
  )
}
