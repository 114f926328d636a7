//! Date literals of SOQL: days and ranges of days in the user's time zone. Weeks start on Monday.

use guanxi_model::render::{date_from_days, days_of};
use guanxi_model::{Ctx, Schema};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A range of days: from the first, before the second.
pub(crate) type Days = (Date, Date);

/// Literals that stand alone.
const PLAIN: [&str; 17] = [
    "TODAY",
    "YESTERDAY",
    "TOMORROW",
    "LAST_WEEK",
    "THIS_WEEK",
    "NEXT_WEEK",
    "LAST_MONTH",
    "THIS_MONTH",
    "NEXT_MONTH",
    "LAST_QUARTER",
    "THIS_QUARTER",
    "NEXT_QUARTER",
    "LAST_YEAR",
    "THIS_YEAR",
    "NEXT_YEAR",
    "LAST_90_DAYS",
    "NEXT_90_DAYS",
];

/// Literals with a count after a colon.
const COUNTED: [&str; 15] = [
    "LAST_N_DAYS",
    "NEXT_N_DAYS",
    "N_DAYS_AGO",
    "LAST_N_WEEKS",
    "NEXT_N_WEEKS",
    "N_WEEKS_AGO",
    "LAST_N_MONTHS",
    "NEXT_N_MONTHS",
    "N_MONTHS_AGO",
    "LAST_N_QUARTERS",
    "NEXT_N_QUARTERS",
    "N_QUARTERS_AGO",
    "LAST_N_YEARS",
    "NEXT_N_YEARS",
    "N_YEARS_AGO",
];

/// The highest count of a counted literal.
pub const MAX_COUNT: i64 = 9_999;

/// Whether `name` (upper case) is a relative date literal; the answer says whether it takes a count (`LAST_N_DAYS:30`).
pub fn is_literal(name: &str) -> Option<bool> {
    if PLAIN.contains(&name) { Some(false) } else { COUNTED.contains(&name).then_some(true) }
}

/// All relative date literals: those that stand alone and those with a count.
pub fn literals() -> (&'static [&'static str], &'static [&'static str]) {
    (&PLAIN, &COUNTED)
}

/// The user's calendar at the time of the request.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    today: Date,
}

/// Whether a stored date is one of the years 1 to 9999, which both engines know.
pub(crate) fn is_date(days: i64) -> bool {
    date_from_days(days).is_some_and(|d| d.year() >= 1)
}

/// Whether a stored time is one of the years 1 to 9999.
pub(crate) fn is_time(us: i64) -> bool {
    is_date(us.div_euclid(86_400_000_000))
}

/// A stretch of the calendar.
#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Calendar {
    /// The user's calendar; an unknown time zone gives way to the organisation's, and that to UTC.
    pub(crate) fn new(ctx: &Ctx, schema: &Schema) -> Calendar {
        let zone = TimeZone::get(&ctx.time_zone).or_else(|_| TimeZone::get(&schema.settings.time_zone)).unwrap_or(TimeZone::UTC);
        let now = Timestamp::from_microsecond(ctx.now_us).unwrap_or(Timestamp::UNIX_EPOCH);
        Calendar { today: now.to_zoned(zone.clone()).date(), zone }
    }

    /// The day alone.
    pub(crate) fn day(&self, date: Date) -> Option<Days> {
        (date.year() >= 1).then_some((date, Unit::Day.plus(date, 1)?))
    }

    /// The days of a relative literal; `None` if there is no such literal or its days lie outside the calendar.
    pub(crate) fn days(&self, name: &str, count: Option<i64>) -> Option<Days> {
        if is_literal(name)? != count.is_some() {
            return None;
        }
        let n = count.unwrap_or(0);
        if !(0..=MAX_COUNT).contains(&n) {
            return None;
        }
        let unit = Unit::of(name)?;
        let start = unit.start(self.today)?;
        let (from, to) = match name {
            "YESTERDAY" => (-1, 0),
            "TOMORROW" => (1, 2),
            "LAST_90_DAYS" => (-90, 1),
            "NEXT_90_DAYS" => (1, 91),
            "LAST_N_DAYS" => (-n, 1),
            _ if name.ends_with("_AGO") => (-n, 1 - n),
            _ if name.starts_with("LAST_N_") => (-n, 0),
            _ if name.starts_with("NEXT_N_") => (1, 1 + n),
            _ if name.starts_with("LAST_") => (-1, 0),
            _ if name.starts_with("NEXT_") => (1, 2),
            _ => (0, 1),
        };
        let (from, to) = (unit.plus(start, from)?, unit.plus(start, to)?);
        (from.year() >= 1).then_some((from, to))
    }

    /// When a day starts, in microseconds since the epoch.
    pub(crate) fn instant(&self, date: Date) -> Option<i64> {
        date.to_zoned(self.zone.clone()).ok().map(|z| z.timestamp().as_microsecond())
    }

    /// A day as the store holds it.
    pub(crate) fn stored(&self, date: Date) -> i64 {
        days_of(date)
    }
}

impl Unit {
    fn of(name: &str) -> Option<Unit> {
        let has = |part: &str| name.contains(part);
        Some(match () {
            () if has("WEEK") => Unit::Week,
            () if has("MONTH") => Unit::Month,
            () if has("QUARTER") => Unit::Quarter,
            () if has("YEAR") => Unit::Year,
            () => Unit::Day,
        })
    }

    /// The first day of the unit that `day` is in.
    fn start(self, day: Date) -> Option<Date> {
        match self {
            Unit::Day => Some(day),
            Unit::Week => day.checked_sub(Span::new().days(day.weekday().to_monday_zero_offset())).ok(),
            Unit::Month => Some(day.first_of_month()),
            Unit::Quarter => Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).ok(),
            Unit::Year => Some(day.first_of_year()),
        }
    }

    fn plus(self, day: Date, n: i64) -> Option<Date> {
        let span = match self {
            Unit::Day => Span::new().try_days(n),
            Unit::Week => Span::new().try_weeks(n),
            Unit::Month => Span::new().try_months(n),
            Unit::Quarter => Span::new().try_months(n * 3),
            Unit::Year => Span::new().try_years(n),
        };
        day.checked_add(span.ok()?).ok()
    }
}
