// A change of the log in words: who changed what, from which value to which.
import { useTranslation } from 'react-i18next'
import type { Change, Field, ObjectDetail } from '../../api/types.ts'
import { addressLine, asAddress } from '../../fields/address/value.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDate, formatDateTime } from '../../lib/dates.ts'
import { formatMoney, isMoney } from '../../lib/money.ts'
import { same } from '../edit/merge.ts'
import { fieldsByName } from '../meta.ts'
import { useRecordNames } from '../record_names.ts'

const hidden = new Set(['id', 'version', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id'])
const doors = ['import', 'rest', 'token', 'undo', 'automation', 'salesforce'] as const

interface ChangeTextProps {
  change: Change
  who: string
  meta: ObjectDetail
}

export function ChangeText({ change, who, meta }: ChangeTextProps) {
  const { t } = useTranslation()
  const fields = fieldsByName(meta)
  // What was written again as it was is no news.
  const changed = change.fields.filter((item) => !hidden.has(item.field) && !same(item.old, item.new))
  const words = useValueWords(changed)
  const door = doors.find((name) => name === change.door)
  const via = door ? t(`timeline.door.${door}`) : ''
  if (change.op !== 'update') {
    const key = (
      { create: 'createdBy', delete: 'deletedBy', restore: 'restoredBy', purge: 'purgedBy' } as const
    )[change.op]
    return <p>{[t(`timeline.${key}`, { name: who }), via].filter(Boolean).join(' · ')}</p>
  }
  const labels = changed.map((item) => item.label ?? fields.get(item.field)?.label ?? item.field)
  return (
    <>
      <p>
        {[t('timeline.updatedBy', { name: who, fields: labels.join(t('common.comma')) }), via]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul className="change-list">
        {changed.map((item, index) => {
          const field = fields.get(item.field)
          const from = words(item.old, field)
          const to = words(item.new, field)
          const text = !to
            ? t('timeline.cleared', { from })
            : from
              ? t('timeline.fromTo', { from, to })
              : t('timeline.setTo', { to })
          return (
            <li key={item.field}>
              {labels.length > 1 && <span className="change-label">{labels[index]} </span>}
              {text}
            </li>
          )
        })}
      </ul>
    </>
  )
}

/** What may be the id of a record. */
const idForm = /^[0-9A-Za-z]{18}$/
const references = ['lookup', 'user']

/** A value as words, without the marks and links of a cell; of these changes, what refers to a record by the record's name. */
export function useValueWords(changes: Array<{ old?: unknown; new?: unknown }> = []) {
  const { t } = useTranslation()
  const names = useRecordNames(
    changes.flatMap((change) =>
      [change.old, change.new].filter((value): value is string => idForm.test(String(value))),
    ),
  )
  const { language, timeZone } = useFieldSettings()
  return (value: unknown, field: Field | undefined): string => {
    if (value === null || value === undefined || value === '') return ''
    const name = field && references.includes(field.type) ? names.get(String(value)) : undefined
    if (name) return name
    const labelled = (item: unknown) =>
      field?.values?.find((candidate) => candidate.value === item)?.label ?? String(item)
    if (Array.isArray(value)) return value.map(labelled).join(t('common.comma'))
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no')
    if (isMoney(value)) return formatMoney(value, language)
    if (field?.type === 'address') return addressLine(asAddress(value), language === 'zh-CN')
    if (typeof value === 'object') {
      const known = value as { name?: unknown; typed?: unknown; e164?: unknown }
      return String(known.name ?? known.typed ?? known.e164 ?? JSON.stringify(value))
    }
    if (field?.type === 'date') return formatDate(String(value), language)
    if (field?.type === 'date_time') return formatDateTime(String(value), language, timeZone)
    if (field?.type === 'percent') return `${String(value)}%`
    return labelled(value)
  }
}
