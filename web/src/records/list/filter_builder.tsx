// Builds a filter: conditions joined by and/or, with one level of groups, and a summary in words.
import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Field, ObjectDetail } from '../../api/types.ts'
import { fieldType } from '../../fields/registry.ts'
import {
  type Condition,
  type Filter,
  isCondition,
  isListOperator,
  isUnary,
  type Operator,
} from '../../lib/filter.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { fieldsByName } from '../meta.ts'
import './list.css'
import { filterSummary } from './summary.ts'

interface BuilderProps {
  meta: ObjectDetail
  filter: Filter | null
  onChange: (filter: Filter | null) => void
  /** Without values that depend on the day or on who asks. */
  fixed?: boolean
}

type Group = { any: boolean; parts: Filter[] }

function toGroup(filter: Filter | null): Group {
  if (!filter) return { any: false, parts: [] }
  if ('any' in filter) return { any: true, parts: filter.any }
  if ('all' in filter) return { any: false, parts: filter.all }
  return { any: false, parts: [filter] }
}

const fromGroup = ({ any, parts }: Group): Filter | null =>
  parts.length === 0 ? null : any ? { any: parts } : { all: parts }

export function FilterBuilder({ meta, filter, onChange, fixed }: BuilderProps) {
  const { t } = useTranslation()
  const fields = fieldsByName(meta)
  const summary = filterSummary(filter, fields, t)
  return (
    <div className="filter-builder">
      <h2 className="popover-title">{t('filter.title')}</h2>
      <GroupEditor
        meta={meta}
        group={toGroup(filter)}
        onChange={(group) => onChange(fromGroup(group))}
        depth={0}
        fixed={fixed}
      />
      {(summary || !fixed) && <p className="filter-summary">{summary || t('filter.empty')}</p>}
    </div>
  )
}

interface GroupProps {
  meta: ObjectDetail
  group: Group
  onChange: (group: Group) => void
  depth: number
  fixed?: boolean
}

function GroupEditor({ meta, group, onChange, depth, fixed }: GroupProps) {
  const { t } = useTranslation()
  const { any, parts } = group
  const replace = (index: number, part: Filter | null) =>
    onChange({ any, parts: part ? parts.with(index, part) : parts.toSpliced(index, 1) })
  const add = () => {
    const [field] = filterable(meta)
    if (field) onChange({ any, parts: [...parts, startCondition(field)] })
  }
  return (
    <div
      className={depth > 0 ? 'filter-group' : undefined}
      role="group"
      aria-label={depth > 0 ? t('filter.group') : t('filter.title')}
    >
      {parts.length > 1 && (
        <label className="filter-match">
          {t('filter.match')}
          <select
            className="input"
            value={any ? 'any' : 'all'}
            onChange={(event) => onChange({ any: event.target.value === 'any', parts })}
          >
            <option value="all">{t('filter.all')}</option>
            <option value="any">{t('filter.any')}</option>
          </select>
        </label>
      )}
      {parts.map((part, index) =>
        isCondition(part) ? (
          <ConditionEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
            key={index}
            meta={meta}
            condition={part}
            number={index + 1}
            fixed={fixed}
            onChange={(next) => replace(index, next)}
          />
        ) : (
          <GroupEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no identity but their place
            key={index}
            meta={meta}
            group={toGroup('not' in part ? part.not : part)}
            depth={depth + 1}
            fixed={fixed}
            onChange={(next) => replace(index, 'not' in part ? negated(fromGroup(next)) : fromGroup(next))}
          />
        ),
      )}
      <div className="filter-actions">
        <Button variant="plain" icon={<Plus size={14} aria-hidden />} onClick={add}>
          {t('filter.addCondition')}
        </Button>
        {depth === 0 && (
          <Button
            variant="plain"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => {
              const [field] = filterable(meta)
              if (field) onChange({ any, parts: [...parts, { any: [startCondition(field)] }] })
            }}
          >
            {t('filter.addGroup')}
          </Button>
        )}
      </div>
    </div>
  )
}

const negated = (filter: Filter | null): Filter | null => filter && { not: filter }
/** The fields to filter by: the name first, what the system keeps last. */
function filterable(meta: ObjectDetail): Field[] {
  const rank = (field: Field) => (field.name === meta.name_field ? 0 : field.system ? 2 : 1)
  return meta.fields.filter((field) => field.filterable).sort((left, right) => rank(left) - rank(right))
}

function startCondition(field: Field): Condition {
  const [op] = fieldType(field.type).operators
  return { field: field.name, op: op ?? '=', value: emptyValue(op ?? '=') }
}

const emptyValue = (op: Operator) => (isListOperator(op) ? [] : '')

interface ConditionProps {
  meta: ObjectDetail
  condition: Condition
  number: number
  fixed?: boolean
  onChange: (condition: Condition | null) => void
}

function ConditionEditor({ meta, condition, number, fixed, onChange }: ConditionProps) {
  const { t } = useTranslation()
  const fields = filterable(meta)
  const field = fields.find((item) => item.name === condition.field)
  const type = fieldType(field?.type ?? 'text')
  const isDate = type.literal === 'date'
  const opLabel = (op: Operator) =>
    isDate && op !== 'is_null' && op !== 'not_null' ? t(`filter.dateOp.${op as '='}`) : t(`filter.op.${op}`)
  const ops = type.operators.includes(condition.op) ? type.operators : [condition.op, ...type.operators]
  const changeOp = (op: Operator) => {
    const same = isListOperator(op) === isListOperator(condition.op)
    onChange({ ...condition, op, value: same ? condition.value : emptyValue(op) })
  }
  return (
    <div className="filter-row">
      <select
        className="input"
        aria-label={`${t('filter.field')} ${number}`}
        value={condition.field}
        onChange={(event) => {
          const next = fields.find((item) => item.name === event.target.value)
          if (next) onChange(startCondition(next))
        }}
      >
        {!field && <option value={condition.field}>{condition.field}</option>}
        {fields.map((item) => (
          <option key={item.name} value={item.name}>
            {item.label}
          </option>
        ))}
      </select>
      <select
        className="input"
        aria-label={`${t('filter.operator')} ${number}`}
        value={condition.op}
        onChange={(event) => changeOp(event.target.value as Operator)}
      >
        {ops.map((op) => (
          <option key={op} value={op}>
            {opLabel(op)}
          </option>
        ))}
      </select>
      {isUnary(condition.op) || !field ? (
        <span />
      ) : (
        <type.Filter
          key={field.name}
          field={field}
          op={condition.op}
          value={condition.value}
          label={`${t('filter.value')} ${number}`}
          fixed={fixed}
          onChange={(value) => onChange({ ...condition, value })}
        />
      )}
      <IconButton label={t('filter.removeCondition', { number })} onClick={() => onChange(null)}>
        <Trash2 size={14} aria-hidden />
      </IconButton>
    </div>
  )
}
