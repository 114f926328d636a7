// Dates and times for people: a date is a date, a time is shown in the user's time zone.

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  let found = formatters.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(language, options)
    formatters.set(key, found)
  }
  return found
}

/** `2026-11-21` as `2026/11/21` or `Nov 21, 2026`. */
export function formatDate(date: string, language: string): string {
  const time = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(time.valueOf())) return date
  const month = language.startsWith('zh') ? '2-digit' : 'short'
  return formatter(language, { year: 'numeric', month, day: '2-digit', timeZone: 'UTC' }).format(time)
}

export function formatDateTime(instant: string, language: string, timeZone: string): string {
  const time = new Date(instant)
  if (Number.isNaN(time.valueOf())) return instant
  const month = language.startsWith('zh') ? '2-digit' : 'short'
  return formatter(language, {
    year: 'numeric',
    month,
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(time)
}

const steps: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 hours ago" for the last week, the date before that. */
export function formatRelative(
  instant: string,
  language: string,
  timeZone: string,
  now = Date.now(),
): string {
  const seconds = Math.round((new Date(instant).valueOf() - now) / 1000)
  if (Math.abs(seconds) > 7 * 86_400) return formatDateTime(instant, language, timeZone)
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return relative.format(0, 'second')
}

/** Today's date in a time zone, as `YYYY-MM-DD`. */
export function today(timeZone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(now)
}
