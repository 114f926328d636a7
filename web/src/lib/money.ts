// Amounts of money and other exact decimals: they stay strings, and are only ever formatted, never computed with.

export interface Money {
  amount: string
  currency: string
}

export function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
}

/** A sum as the server gives it: money, a plain number in the organisation's currency, or nothing. */
export function asMoney(value: unknown, currency: string): Money | null {
  if (isMoney(value)) return value
  return value === null || value === undefined ? null : { amount: String(value), currency }
}

/** Intl formats decimal strings exactly; its type wants to be told that the string is one. */
const exact = (text: string): `${number}` => text as `${number}`

const formatters = new Map<string, Intl.NumberFormat>()

function formatter(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`
  let found = formatters.get(key)
  if (!found) {
    found = new Intl.NumberFormat(language, options)
    formatters.set(key, found)
  }
  return found
}

/** `¥1,054.00`: every digit there is. */
export function formatMoney({ amount, currency }: Money, language: string): string {
  return formatter(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(
    exact(amount),
  )
}

/** `¥3.2万`, `¥1.05亿` in Chinese, `¥32K` in English, for places where the exact figure is one hover away. */
export function abbreviateMoney({ amount, currency }: Money, language: string): string {
  return formatter(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 2,
  }).format(exact(amount))
}

export function formatDecimal(value: string | number, language: string, scale?: number | null): string {
  const options = scale
    ? { minimumFractionDigits: scale, maximumFractionDigits: scale }
    : { maximumFractionDigits: 10 }
  return formatter(language, options).format(exact(String(value)))
}
