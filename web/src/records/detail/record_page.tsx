// The page of one record: its name and highlights, the stage path, sections, related lists, and the timeline.
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import {
  ChevronLeft,
  Contact,
  Copy,
  Download,
  Ellipsis,
  Eraser,
  Eye,
  KeyRound,
  KeySquare,
  MonitorSmartphone,
  Pencil,
  Printer,
  ScanEye,
  ScrollText,
  Trash2,
} from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fileContentUrl } from '../../api/commands.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery, objectQuery, recordQuery } from '../../api/queries.ts'
import type { Field, ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { ShortMoney } from '../../fields/money/short.tsx'
import { withTexts } from '../../lib/i18n.ts'
import { isMoney } from '../../lib/money.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { Menu } from '../../ui/menu.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import AskAdmins from '../ask_admins.tsx'
import { LookupCreator } from '../edit/lookup_creator.tsx'
import { takesFiles } from '../files/data.ts'
import { recordsByIds, useExport } from '../list/use_export.ts'
import { usePhone } from '../list/use_phone.ts'
import { logHash } from '../log_hash.ts'
import { allPaths, canBeCards, fieldsByName, nameOf } from '../meta.ts'
import { fileObject } from '../upload_button.tsx'
import { Value } from '../value.tsx'
import { useDeleteRecord, useErrorText } from '../writes.ts'
import './detail.css'
import { Details } from './details.tsx'
import { useCopy } from './field_tools.tsx'
import { RelatedLists } from './related.tsx'
import { StagePath } from './stage_path.tsx'
import { Timeline } from './timeline.tsx'

const FilePanel = lazy(() => import('../files/panel.tsx'))
const RecordDialog = lazy(() => import('../edit/record_dialog.tsx'))
const PasswordDialog = lazy(() => import('../password_dialog.tsx'))
const AccessDialog = lazy(() => import('../access/access_dialog.tsx'))
const SharesPanel = lazy(() => import('../shares/panel.tsx'))
const EraseDialog = lazy(() => import('./erase_dialog.tsx'))
const WaysInDialog = lazy(withTexts(() => import('../ways_in/ways_in_dialog.tsx')))
const PreviewDialog = lazy(withTexts(() => import('../ways_in/preview_dialog.tsx')))
const Waiting = lazy(() => import('../queues/waiting.tsx'))
const SessionsDialog = lazy(() => import('../sessions/sessions_dialog.tsx'))

/** The record with everything its page shows. */
export function useFullRecord(meta: ObjectDetail, id: string) {
  const { objects } = useFieldSettings()
  return useQuery(recordQuery(meta.name, id, allPaths(meta, objects)))
}

export default function RecordPage({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation()
  const { data: meta } = useSuspenseQuery(objectQuery(object))
  const record = useFullRecord(meta, id)
  if (record.isPending) return <SkeletonLines count={12} />
  if (record.isError) return <Failed meta={meta} error={record.error} retry={() => void record.refetch()} />
  return (
    <LookupCreator>
      <div className="page record-page" data-module={meta.module}>
        <RecordHeader meta={meta} record={record.data} id={id} />
        <Body meta={meta} record={record.data} id={id} label={t('record.details')} />
      </div>
    </LookupCreator>
  )
}

function Failed({ meta, error, retry }: { meta: ObjectDetail; error: Error; retry: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText(meta)
  const missing = error instanceof ApiError && (error.status === 404 || error.status === 403)
  if (!missing) {
    return (
      <Empty
        title={t('errors.title')}
        why={errorText(error)}
        action={<Button onClick={retry}>{t('common.retry')}</Button>}
      />
    )
  }
  return (
    <Empty
      icon={<ObjectIcon name={meta.icon} size={28} />}
      title={t('record.notFound')}
      why={t('record.notFoundWhy')}
      action={
        <Link className="btn btn-outline" to="/o/$object" params={{ object: meta.name }}>
          {t('record.backToList', { object: meta.label_plural })}
        </Link>
      }
    >
      <AskAdmins />
    </Empty>
  )
}

interface PartProps {
  meta: ObjectDetail
  record: RecordData
  id: string
}

function RecordHeader({ meta, record, id }: PartProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const deleteRecord = useDeleteRecord()
  const exportTo = useExport()
  const { data: me } = useQuery(meQuery)
  const [open, setOpen] = useState<
    'edit' | 'delete' | 'password' | 'access' | 'sessions' | 'erase' | 'ways_in' | 'preview' | null
  >(null)
  const name = nameOf(record, meta.name_field)
  const fields = fieldsByName(meta)
  const highlights = meta.layout.highlights
    .map((item) => fields.get(item))
    .filter((field) => field !== undefined)
  const remove = async () => {
    setOpen(null)
    if (await deleteRecord(meta.name, id, name)) {
      void navigate({ to: '/o/$object', params: { object: meta.name } })
    }
  }
  const copy = useCopy()
  const copyLink = () => copy(window.location.href)
  return (
    <header className="record-head">
      <Link className="crumb" to="/o/$object" params={{ object: meta.name }}>
        <ChevronLeft size={14} aria-hidden />
        {meta.label_plural}
      </Link>
      <div className="record-title">
        <span className="object-badge">
          <ObjectIcon name={meta.icon} size={18} />
        </span>
        <h1>{name}</h1>
        <span className="spring" />
        {meta.name === fileObject && (
          <a className="btn btn-outline" href={fileContentUrl(id)} download={name}>
            <Download size={14} aria-hidden />
            {t('common.download')}
          </a>
        )}
        {meta.rights.edit && (
          <Button icon={<Pencil size={14} aria-hidden />} onClick={() => setOpen('edit')}>
            {t('common.edit')}
          </Button>
        )}
        <Menu
          label={t('common.more')}
          align="end"
          items={[
            { label: t('copy.id'), icon: <Copy size={14} aria-hidden />, onSelect: () => copy(id) },
            { label: t('record.copyLink'), icon: <Copy size={14} aria-hidden />, onSelect: copyLink },
            {
              label: t('palette.print'),
              icon: <Printer size={14} aria-hidden />,
              onSelect: () => setTimeout(() => window.print()),
            },
            {
              label: me?.administrator ? t('access.who') : t('access.why'),
              icon: <Eye size={14} aria-hidden />,
              onSelect: () => setOpen('access'),
            },
            ...(me?.rights.view_audit
              ? [
                  {
                    label: t('audit.ofRecord'),
                    icon: <ScrollText size={14} aria-hidden />,
                    onSelect: () => void navigate({ to: '/settings/audit', search: { record: id } }),
                  },
                ]
              : []),
            ...(meta.name === 'user' && me?.rights.manage_users
              ? [
                  {
                    label: t('password.set'),
                    icon: <KeyRound size={14} aria-hidden />,
                    onSelect: () => setOpen('password'),
                  },
                ]
              : []),
            ...(meta.name === 'user' && me?.administrator
              ? [
                  {
                    label: t('sessions.title'),
                    icon: <MonitorSmartphone size={14} aria-hidden />,
                    onSelect: () => setOpen('sessions'),
                  },
                  {
                    label: t('access.waysIn'),
                    icon: <KeySquare size={14} aria-hidden />,
                    onSelect: () => setOpen('ways_in'),
                  },
                  ...(id !== me.id && record.active === true && !record.served_by_id
                    ? [
                        {
                          label: t('preview.menu'),
                          icon: <ScanEye size={14} aria-hidden />,
                          onSelect: () => setOpen('preview'),
                        },
                      ]
                    : []),
                ]
              : []),
            ...(me?.rights.export && canBeCards(meta)
              ? [
                  {
                    label: t('files.exportVcard'),
                    icon: <Contact size={14} aria-hidden />,
                    onSelect: () => void exportTo(recordsByIds(meta.name, [id]), 'vcf', name),
                  },
                ]
              : []),
            ...(me?.administrator && canBeCards(meta) && meta.name !== 'user'
              ? [
                  {
                    label: t('erase.menu'),
                    icon: <Eraser size={14} aria-hidden />,
                    danger: true,
                    onSelect: () => setOpen('erase'),
                  },
                ]
              : []),
            ...(meta.rights.delete
              ? [
                  {
                    label: t('common.delete'),
                    icon: <Trash2 size={14} aria-hidden />,
                    danger: true,
                    onSelect: () => setOpen('delete'),
                  },
                ]
              : []),
          ]}
          trigger={(props) => (
            <button
              type="button"
              className="btn btn-icon"
              aria-label={t('common.more')}
              title={t('common.more')}
              {...props}
            >
              <Ellipsis size={16} aria-hidden />
            </button>
          )}
        />
      </div>
      <Suspense>
        <Waiting meta={meta} record={record} />
      </Suspense>
      {highlights.length > 0 && (
        <dl className="highlights" aria-label={t('record.highlights')}>
          {highlights.map((field) => (
            <div key={field.name}>
              <dt>{field.label}</dt>
              <dd>
                <Highlight field={field} record={record} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {meta.stage && <StagePath meta={meta} record={record} />}
      <Suspense>
        {open === 'edit' && <RecordDialog meta={meta} record={record} onClose={() => setOpen(null)} />}
        {open === 'password' && <PasswordDialog id={id} own={id === me?.id} onClose={() => setOpen(null)} />}
        {open === 'access' && <AccessDialog meta={meta} id={id} name={name} onClose={() => setOpen(null)} />}
        {open === 'erase' && (
          <EraseDialog object={meta.name} id={id} name={name} onClose={() => setOpen(null)} />
        )}
        {open === 'ways_in' && (
          <WaysInDialog
            id={id}
            name={name}
            email={String(record.email ?? '')}
            own={id === me?.id}
            onClose={() => setOpen(null)}
          />
        )}
        {open === 'preview' && <PreviewDialog id={id} name={name} onClose={() => setOpen(null)} />}
        {open === 'sessions' && <SessionsDialog id={id} name={name} onClose={() => setOpen(null)} />}
      </Suspense>
      {open === 'delete' && (
        <ConfirmDialog
          title={t('record.deleteTitle', { name })}
          text={t('record.deleteWhy')}
          confirm={t('common.delete')}
          danger
          onConfirm={() => void remove()}
          onClose={() => setOpen(null)}
        />
      )}
    </header>
  )
}

/** Large amounts are short in the head of the page; the details below have every digit. */
function Highlight({ field, record }: { field: Field; record: RecordData }) {
  const value = record[field.name]
  const large = isMoney(value) && Math.abs(Number(value.amount)) >= 10_000
  return large ? <ShortMoney money={value} /> : <Value field={field} record={record} mode="detail" />
}

type Tab = 'details' | 'related' | 'timeline'

/** Everything side by side on a desk, one thing at a time on a phone. */
function Body({ meta, record, id }: PartProps & { label: string }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const logging = useLocation({ select: ({ hash }) => hash === logHash })
  const [tab, setTab] = useState<Tab>(logging && meta.timeline ? 'timeline' : 'details')
  const { data: file } = useQuery(objectQuery(fileObject))
  const hasRelated = meta.layout.related.length > 0 || takesFiles(file, meta.name)
  const details = <Details meta={meta} record={record} />
  const panel = meta.name === fileObject && (
    <Suspense fallback={<SkeletonLines count={6} />}>
      <FilePanel id={id} name={nameOf(record, meta.name_field)} mayEdit={meta.rights.edit} />
    </Suspense>
  )
  const shares = (
    <Suspense>
      <SharesPanel meta={meta} id={id} />
    </Suspense>
  )
  const related = <RelatedLists meta={meta} record={record} id={id} />
  const timeline = <Timeline meta={meta} id={id} first={logging ? 'call' : 'note'} />
  if (!phone) {
    return (
      <div className={`record-body ${meta.timeline ? '' : 'single'}`}>
        <div className="record-main">
          {details}
          {panel}
          {shares}
          {hasRelated && related}
        </div>
        {meta.timeline && <aside aria-label={t('record.timeline')}>{timeline}</aside>}
      </div>
    )
  }
  const tabs: Tab[] = [
    'details',
    ...(hasRelated ? (['related'] as const) : []),
    ...(meta.timeline ? (['timeline'] as const) : []),
  ]
  return (
    <>
      <div className="tabs" role="tablist">
        {tabs.map((item) => (
          <button
            key={item}
            type="button"
            role="tab"
            id={`tab-${item}`}
            aria-controls="record-tab"
            aria-selected={item === tab}
            className="tab"
            onClick={() => setTab(item)}
          >
            {t(`record.${item}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="record-tab" aria-labelledby={`tab-${tab}`} className="record-tab" tabIndex={0}>
        {tab === 'details' ? (
          <>
            {details}
            {panel}
            {shares}
          </>
        ) : tab === 'related' ? (
          related
        ) : (
          timeline
        )}
      </div>
    </>
  )
}
