// A filter in plain words: "阶段 属于 赢单、输单 且 金额 大于 1000".
import type { TFunction } from 'i18next'
import type { Field } from '../../api/types.ts'
import { sizeText } from '../../lib/files.ts'
import {
  type Condition,
  type Filter,
  type FilterValue,
  isComplete,
  isCondition,
  isLiteral,
  isUnary,
} from '../../lib/filter.ts'
import { currentLanguage } from '../../lib/i18n.ts'

function literalText(literal: string, t: TFunction): string {
  const [name, days] = literal.split(':')
  if (name === 'LAST_N_DAYS') return t('filter.lastDays', { count: Number(days) })
  if (name === 'NEXT_N_DAYS') return t('filter.nextDays', { count: Number(days) })
  return t(`filter.literal.${name as 'TODAY'}`, { defaultValue: literal })
}

function valueText(value: FilterValue | undefined, field: Field | undefined, t: TFunction): string {
  if (Array.isArray(value)) return value.map((item) => valueText(item, field, t)).join(t('common.comma'))
  if (isLiteral(value)) return literalText(value.literal, t)
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no')
  if (field?.type === 'file_size' && typeof value === 'number') return sizeText(value, currentLanguage())
  const label = field?.values?.find((item) => item.value === value)?.label
  return label ?? String(value ?? '')
}

function conditionText(node: Condition, fields: Map<string, Field>, t: TFunction): string {
  const field = fields.get(node.field)
  const isDate = field?.type === 'date' || field?.type === 'date_time'
  const op = isDate && node.op in dateOps ? t(`filter.dateOp.${node.op as '='}`) : t(`filter.op.${node.op}`)
  const value = isUnary(node.op) ? '' : ` ${valueText(node.value, field, t)}`
  return `${field?.label ?? node.field} ${op}${value}`
}

const dateOps = { '=': 1, '!=': 1, '<': 1, '<=': 1, '>': 1, '>=': 1 }

export function filterSummary(filter: Filter | null, fields: Map<string, Field>, t: TFunction): string {
  if (!filter) return ''
  if (isCondition(filter)) return isComplete(filter) ? conditionText(filter, fields, t) : ''
  if ('not' in filter) return t('filter.not', { inner: filterSummary(filter.not, fields, t) })
  const [parts, word] = 'all' in filter ? [filter.all, t('filter.and')] : [filter.any, t('filter.or')]
  const texts = parts.map((part) => {
    const text = filterSummary(part, fields, t)
    return text && !isCondition(part) && !('not' in part) ? t('filter.joined', { inner: text }) : text
  })
  return texts.filter(Boolean).join(` ${word} `)
}
