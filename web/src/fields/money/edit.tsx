// The amount, and the currency where the organisation uses several.
import { useTranslation } from 'react-i18next'
import { isMoney } from '../../lib/money.ts'
import { useFieldSettings } from '../context.tsx'
import { NumberInput } from '../shared/number_input.tsx'
import type { EditProps } from '../types.ts'

export function MoneyEdit(props: EditProps) {
  const { t } = useTranslation()
  const settings = useFieldSettings()
  const { value, onChange } = props
  const amount = isMoney(value) ? value.amount : value
  const currency = isMoney(value) ? value.currency : settings.currency
  const choices = settings.currencies.includes(currency)
    ? settings.currencies
    : [currency, ...settings.currencies]
  const change = (nextAmount: unknown, nextCurrency: string) =>
    onChange(
      nextAmount === null || nextAmount === undefined
        ? null
        : { amount: String(nextAmount), currency: nextCurrency },
    )
  return (
    <span className="money-input">
      <NumberInput
        {...props}
        value={amount}
        onChange={(next) => change(next, currency)}
        suffix={choices.length === 1 ? currency : undefined}
      />
      {choices.length > 1 && (
        <select
          className="input"
          aria-label={`${props.field.label} ${t('field.currency')}`}
          value={currency}
          onChange={(event) => change(amount, event.target.value)}
        >
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
    </span>
  )
}
