// Who set a field to what, and when: from the change log of the record.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { historyQuery } from '../../api/page_queries.ts'
import type { Field, ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { MoreButton } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { same } from '../edit/merge.ts'
import { useValueWords } from './change_text.tsx'

interface HistoryProps {
  meta: ObjectDetail
  field: Field
  id: string
}

export default function FieldHistory({ meta, field, id }: HistoryProps) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const pages = useInfiniteQuery(historyQuery(meta.name, id))
  const changes = (pages.data?.pages ?? [])
    .flatMap((page) => page.changes)
    .flatMap((change) => {
      const part = change.fields.find((item) => item.field === field.name && !same(item.old, item.new))
      return part ? [{ ...change, part }] : []
    })
  const words = useValueWords(changes.map(({ part }) => part))
  return (
    <div className="field-history">
      <h2 className="popover-title">{t('history.of', { field: field.label })}</h2>
      {pages.isPending && <SkeletonLines count={3} />}
      {pages.isSuccess && changes.length === 0 && <p className="form-help">{t('history.empty')}</p>}
      <ol>
        {changes.map(({ seq, at, by, part }) => (
          <li key={seq}>
            <strong>{by?.name ?? t('common.somebody')}</strong>{' '}
            <time dateTime={at}>{formatDateTime(at, language, timeZone)}</time>
            <div>
              {words(part.old, field) || '—'} → {words(part.new, field) || '—'}
            </div>
          </li>
        ))}
      </ol>
      {pages.hasNextPage && <MoreButton pages={pages}>{t('common.loadMore')}</MoreButton>}
    </div>
  )
}
