// What stands beside the value of a field on a record's page: copy it, see it in full where only a part is shown, and see who changed it.
import { Copy, Eye, History } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { addressLine, asAddress } from '../../fields/address/value.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { phoneText } from '../../fields/phone/show.tsx'
import { isPart } from '../../fields/shared/part.ts'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Popover } from '../../ui/popover.tsx'
import { showToast } from '../../ui/toast.tsx'
import { isEmpty } from '../value.tsx'

const FieldHistory = lazy(() => import('./field_history.tsx'))
const Reveal = lazy(() => import('./reveal.tsx'))

interface ToolsProps {
  meta: ObjectDetail
  field: Field
  record: RecordData
}

/** The text of a value that people take elsewhere; null for values that stay here. */
function copyText(field: Field, value: unknown, chinese: boolean): string | null {
  if (isEmpty(value)) return null
  if (field.type === 'phone') return phoneText(value)
  if (field.type === 'address') return addressLine(asAddress(value), chinese)
  const copied = ['email', 'url', 'auto_number'].includes(field.type) || field.unique || field.external_key
  return copied && typeof value === 'string' ? value : null
}

/** Puts a text on the clipboard and says so. */
export function useCopy() {
  const { t } = useTranslation()
  return (text: string) => void navigator.clipboard?.writeText(text).then(() => showToast(t('common.copied')))
}

export function FieldTools({ meta, field, record }: ToolsProps) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const copy = useCopy()
  const whole = copyText(field, record[field.name], language === 'zh-CN')
  const text = whole && !isPart(field, whole) ? whole : null
  const historyLabel = t('history.open', { field: field.label })
  return (
    <>
      {text && (
        <button
          type="button"
          className="inline-edit"
          aria-label={t('copy.value', { field: field.label })}
          title={t('copy.value', { field: field.label })}
          onClick={() => copy(text)}
        >
          <Copy size={13} aria-hidden />
        </button>
      )}
      {field.revealable && isPart(field, whole ?? String(record[field.name] ?? '****')) && (
        <Popover
          label={t('roles.reveal', { field: field.label })}
          align="end"
          trigger={(props) => (
            <button
              type="button"
              className="inline-edit"
              aria-label={t('roles.reveal', { field: field.label })}
              title={t('roles.reveal', { field: field.label })}
              {...props}
            >
              <Eye size={13} aria-hidden />
            </button>
          )}
        >
          {() => (
            <Suspense fallback={<SkeletonLines count={1} />}>
              <Reveal object={meta.name} field={field} record={record} />
            </Suspense>
          )}
        </Popover>
      )}
      {!field.system && (
        <Popover
          label={t('history.of', { field: field.label })}
          align="end"
          trigger={(props) => (
            <button
              type="button"
              className="inline-edit history-button"
              aria-label={historyLabel}
              title={historyLabel}
              {...props}
            >
              <History size={13} aria-hidden />
            </button>
          )}
        >
          {() => (
            <Suspense fallback={<SkeletonLines count={3} />}>
              <FieldHistory meta={meta} field={field} id={idOf(record)} />
            </Suspense>
          )}
        </Popover>
      )}
    </>
  )
}
