// What has happened around a record, newest first, with a composer on top.
import { useInfiniteQuery } from '@tanstack/react-query'
import { Calendar, CircleCheck, FileText, History, Mail, NotebookPen, Phone } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { timelineQuery } from '../../api/page_queries.ts'
import type { ObjectDetail, RecordData, TimelineItem } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDate, formatDateTime, formatRelative } from '../../lib/dates.ts'
import { MoreButton, Segmented } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { ChangeText } from './change_text.tsx'
import { type ActivityKind, Composer } from './composer.tsx'

type Shown = 'all' | 'activities' | 'changes'

const icons: Record<TimelineItem['kind'], ReactNode> = {
  task: <CircleCheck size={14} aria-hidden />,
  call: <Phone size={14} aria-hidden />,
  meeting: <Calendar size={14} aria-hidden />,
  note: <NotebookPen size={14} aria-hidden />,
  email: <Mail size={14} aria-hidden />,
  change: <History size={14} aria-hidden />,
  file: <FileText size={14} aria-hidden />,
}

interface TimelineProps {
  meta: ObjectDetail
  id: string
  /** What the composer offers at first. */
  first: ActivityKind
}

export function Timeline({ meta, id, first }: TimelineProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<Shown>('all')
  const pages = useInfiniteQuery(timelineQuery(meta.name, id))
  const items = (pages.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((item) => shown === 'all' || (item.kind === 'change') === (shown === 'changes'))
  return (
    <div className="timeline">
      <h2 className="timeline-title">{t('record.timeline')}</h2>
      <Composer id={id} first={first} />
      <Segmented
        label={t('timeline.kind')}
        value={shown}
        onChange={setShown}
        options={[
          { value: 'all', label: t('timeline.filterAll') },
          { value: 'activities', label: t('timeline.filterActivities') },
          { value: 'changes', label: t('timeline.filterChanges') },
        ]}
      />
      {pages.isPending ? (
        <SkeletonLines count={5} />
      ) : items.length === 0 ? (
        <Empty title={t('timeline.empty')} why={t('timeline.emptyWhy')} />
      ) : (
        <ol className="timeline-items">
          {items.map((item) => (
            <Item key={itemKey(item)} item={item} meta={meta} />
          ))}
        </ol>
      )}
      {pages.hasNextPage && <MoreButton pages={pages}>{t('common.loadMore')}</MoreButton>}
    </div>
  )
}

const itemKey = (item: TimelineItem) =>
  `${item.kind} ${item.change?.seq ?? String(item.record?.id)} ${item.at}`

function Item({ item, meta }: { item: TimelineItem; meta: ObjectDetail }) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const who = item.by?.name ?? t('common.somebody')
  return (
    <li className={`timeline-item kind-${item.kind}`}>
      <span className="timeline-icon">{icons[item.kind] ?? icons.note}</span>
      <div className="timeline-text">
        {item.change ? (
          <ChangeText change={item.change} who={who} meta={meta} />
        ) : (
          <Activity kind={item.kind} record={item.record ?? {}} who={who} />
        )}
        <time dateTime={item.at} title={formatDateTime(item.at, language, timeZone)}>
          {formatRelative(item.at, language, timeZone)}
        </time>
      </div>
    </li>
  )
}

function Activity({ kind, record, who }: { kind: TimelineItem['kind']; record: RecordData; who: string }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const text = (name: string) => (typeof record[name] === 'string' ? (record[name] as string) : '')
  const body = text('body') || text('description')
  return (
    <>
      <p className="timeline-who">
        <strong>{who}</strong> · {t(`timeline.${kind}`)}
        {text('due_date') && ` · ${t('timeline.dueDate')} ${formatDate(text('due_date'), language)}`}
      </p>
      {text('name') && <p className="timeline-name">{text('name')}</p>}
      {body && <p className="pre">{plain(body)}</p>}
    </>
  )
}

/** Bodies may be rich text; on the timeline their words are enough. */
function plain(body: string): string {
  if (!/<\w+[^>]*>/.test(body)) return body
  const broken = body.replace(/<br\s*\/?>|<\/(p|div|li|h\d)>/gi, '$&\n')
  return new DOMParser().parseFromString(broken, 'text/html').body.textContent?.trim() ?? ''
}
