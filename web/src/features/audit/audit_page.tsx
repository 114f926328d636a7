// What happened in the organisation, the newest first: for those with the right to see the audit log.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft, Download, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditFilter, auditQuery, auditTableUrl } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import type { AuditEntry, AuditKind, AuditSearch } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { addDays, instantOf } from '../../lib/days.ts'
import { useErrorText } from '../../records/writes.ts'
import { MoreButton } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { EntryDialog } from './entry_dialog.tsx'
import { Filters } from './filters.tsx'
import { Posting } from './posting.tsx'
import { useAuditWords } from './words.ts'
import './audit.css'

interface AuditPageProps {
  search: AuditSearch
  setSearch: (search: AuditSearch) => void
}

/** Days of the user's calendar as the times at which the first begins and the last ends. */
function asked(search: AuditSearch, timeZone: string): AuditFilter {
  const { kind, from, to, ...rest } = search
  return {
    ...rest,
    // One that is none the server refuses, and says which there are.
    kind: kind as AuditKind | undefined,
    from: from && instantOf(from, '00:00:00', timeZone),
    to: to && instantOf(addDays(to, 1), '00:00:00', timeZone),
  }
}

export default function AuditPage({ search, setSearch }: AuditPageProps) {
  const { t } = useTranslation()
  const { timeZone } = useFieldSettings()
  const { data: me } = useQuery(meQuery)
  const errorText = useErrorText()
  const filter = asked(search, timeZone)
  const pages = useInfiniteQuery(auditQuery(filter))
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  const signed = pages.data?.pages.at(-1)?.signed ?? 0
  const [open, setOpen] = useState<AuditEntry | null>(null)
  const refused = pages.error instanceof ApiError && pages.error.status === 403
  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <Link className="btn btn-icon" to="/settings" aria-label={t('audit.back')} title={t('audit.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>{t('audit.title')}</h1>
        <span className="spring" />
        {me?.rights.export && !refused && (
          <a className="btn btn-outline" href={auditTableUrl(filter)} download>
            <Download size={14} aria-hidden />
            {t('audit.export')}
          </a>
        )}
      </header>
      <div className="page-scroll audit-page" tabIndex={0}>
        {!refused && <Filters search={search} setSearch={setSearch} />}
        {pages.isPending ? (
          <SkeletonLines />
        ) : pages.error ? (
          <Empty title={t(refused ? 'errors.refused' : 'errors.title')} why={errorText(pages.error)} />
        ) : entries.length === 0 ? (
          <Empty
            icon={<ScrollText size={28} aria-hidden />}
            title={t('audit.empty')}
            why={t('audit.emptyWhy')}
          />
        ) : (
          <Entries entries={entries} onOpen={setOpen} />
        )}
        {pages.hasNextPage && <MoreButton pages={pages}>{t('common.loadMore')}</MoreButton>}
        <Posting />
      </div>
      {open && (
        <EntryDialog
          entry={open}
          signed={open.index < signed}
          onClose={() => setOpen(null)}
          onRecord={(record) => {
            setOpen(null)
            setSearch({ record })
          }}
        />
      )}
    </div>
  )
}

function Entries({ entries, onOpen }: { entries: AuditEntry[]; onOpen: (entry: AuditEntry) => void }) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const words = useAuditWords()
  return (
    <table className="plain-table audit-table">
      <thead>
        <tr>
          <th scope="col">{t('audit.when')}</th>
          <th scope="col">{t('audit.person')}</th>
          <th scope="col">{t('audit.what')}</th>
          <th scope="col">{t('audit.about')}</th>
          <th scope="col">{t('audit.more')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const { at, kind } = entry.entry
          const when = formatDateTime(at, language, timeZone)
          const what = words.kind(kind)
          const who = words.who(entry)
          return (
            <tr key={entry.index} className={entry.text === 'altered' ? 'altered' : undefined}>
              <td>
                <time dateTime={at}>{when}</time>
              </td>
              <td>{who}</td>
              <td>
                <button
                  type="button"
                  className="link-button"
                  aria-label={t('audit.openEntry', { what, who, when })}
                  onClick={() => onOpen(entry)}
                >
                  {what}
                </button>
              </td>
              <td>{words.about(entry)}</td>
              <td className="audit-fields">{summary(entry, t('common.comma'))}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** The fields that changed, or the few words of an event that tell it apart. */
function summary({ fields, body }: AuditEntry, comma: string): string {
  if (fields.length > 0) return fields.map((field) => field.label).join(comma)
  const words = (body ?? {}) as Record<string, unknown>
  return ['email', 'field', 'file_name', 'q', 'request', 'client']
    .map((name) => words[name])
    .filter((word) => typeof word === 'string' && word !== '')
    .slice(0, 2)
    .join(' · ')
}
