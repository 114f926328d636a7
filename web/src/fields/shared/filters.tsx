// The value boxes of the filter builder that several types share.
import { useTranslation } from 'react-i18next'
import { isListOperator, isLiteral } from '../../lib/filter.ts'
import type { FilterProps } from '../types.ts'

export function TextFilter({ value, onChange, label }: FilterProps) {
  return (
    <input
      className="input"
      aria-label={label}
      value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

export function NumberFilter({ value, onChange, label }: FilterProps) {
  return (
    <input
      className="input"
      inputMode="decimal"
      aria-label={label}
      value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
      onChange={(event) => onChange(event.target.value.trim())}
    />
  )
}

export function BooleanFilter({ value, onChange, label }: FilterProps) {
  const { t } = useTranslation()
  return (
    <select
      className="input"
      aria-label={label}
      value={value === true ? 'true' : value === false ? 'false' : ''}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value === 'true')}
    >
      <option value="">{t('field.choose')}</option>
      <option value="true">{t('common.yes')}</option>
      <option value="false">{t('common.no')}</option>
    </select>
  )
}

/** One value, or several ticked ones, of a picklist. */
export function ChoiceFilter({ field, op, value, onChange, label }: FilterProps) {
  const { t } = useTranslation()
  const values = field.values ?? []
  if (!isListOperator(op)) {
    return (
      <select
        className="input"
        aria-label={label}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{t('field.choose')}</option>
        {values.map((item) => (
          <option key={item.value} value={item.value}>
            {item.label}
          </option>
        ))}
      </select>
    )
  }
  const chosen = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  return (
    <div className="choice-list" role="group" aria-label={label}>
      {values.map((item) => (
        <label key={item.value} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(item.value)}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...chosen, item.value]
                  : chosen.filter((other) => other !== item.value),
              )
            }
          />
          {item.label}
        </label>
      ))}
    </div>
  )
}

const dateLiterals = [
  'TODAY',
  'YESTERDAY',
  'TOMORROW',
  'THIS_WEEK',
  'LAST_WEEK',
  'NEXT_WEEK',
  'THIS_MONTH',
  'LAST_MONTH',
  'NEXT_MONTH',
  'THIS_QUARTER',
  'LAST_QUARTER',
  'NEXT_QUARTER',
  'THIS_YEAR',
  'LAST_YEAR',
  'LAST_N_DAYS',
  'NEXT_N_DAYS',
] as const

/** A date, or a period that moves with the calendar. */
export function DateFilter({ value, onChange, label, fixed }: FilterProps) {
  const { t } = useTranslation()
  if (fixed) {
    return (
      <input
        className="input"
        type="date"
        aria-label={label}
        value={typeof value === 'string' ? value.slice(0, 10) : ''}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  const [name, days] = isLiteral(value) ? value.literal.split(':') : ['EXACT', undefined]
  const withDays = name === 'LAST_N_DAYS' || name === 'NEXT_N_DAYS'
  return (
    <span className="date-filter">
      <select
        className="input"
        aria-label={label}
        value={name}
        onChange={(event) => {
          const next = event.target.value
          if (next === 'EXACT') onChange('')
          else onChange({ literal: next.endsWith('_N_DAYS') ? `${next}:30` : next })
        }}
      >
        <option value="EXACT">{t('filter.literal.EXACT')}</option>
        {dateLiterals.map((literal) => (
          <option key={literal} value={literal}>
            {t(`filter.literal.${literal}`)}
          </option>
        ))}
      </select>
      {name === 'EXACT' && (
        <input
          className="input"
          type="date"
          aria-label={t('filter.from')}
          value={typeof value === 'string' ? value.slice(0, 10) : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {withDays && (
        <input
          className="input"
          type="number"
          min={1}
          aria-label={t('filter.days')}
          value={days ?? '30'}
          onChange={(event) =>
            onChange({ literal: `${name}:${Math.max(1, Number(event.target.value) || 1)}` })
          }
        />
      )}
    </span>
  )
}
