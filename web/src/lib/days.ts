// Arithmetic with days of the calendar, written `YYYY-MM-DD`, and the instants at which they begin in a time zone.

const dayMs = 86_400_000
const asUtc = (day: string) => Date.parse(`${day}T00:00:00Z`)
const asDay = (time: number) => new Date(time).toISOString().slice(0, 10)

export const addDays = (day: string, count: number) => asDay(asUtc(day) + count * dayMs)

/** The same day of another month, or that month's last day. */
export function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + count, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return asDay(first.setUTCDate(Math.min(date, last)))
}

/** The Monday of the day's week. */
export const startOfWeek = (day: string) => addDays(day, -((new Date(asUtc(day)).getUTCDay() + 6) % 7))

export const startOfMonth = (day: string) => `${day.slice(0, 7)}-01`

/** The days from the first to before the last. */
export function daysBetween(from: string, to: string): string[] {
  return Array.from({ length: Math.round((asUtc(to) - asUtc(from)) / dayMs) }, (_, index) =>
    addDays(from, index),
  )
}

const parts = new Map<string, Intl.DateTimeFormat>()

/** Date and time of an instant in a time zone. */
export function wallClock(instant: string | number, timeZone: string): { day: string; time: string } {
  let format = parts.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    parts.set(timeZone, format)
  }
  const found = Object.fromEntries(
    format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  )
  return {
    day: `${found.year}-${found.month}-${found.day}`,
    time: `${found.hour}:${found.minute}:${found.second}`,
  }
}

/** The instant at which a clock of the time zone shows this; where the clock skips it, the one just after. */
export function instantOf(day: string, time: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T${time}Z`)
  const shown = (instant: number) => {
    const clock = wallClock(instant, timeZone)
    return Date.parse(`${clock.day}T${clock.time}Z`)
  }
  let instant = wanted - (shown(wanted) - wanted)
  instant -= shown(instant) - wanted
  return new Date(instant).toISOString()
}
