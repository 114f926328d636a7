//! Dates and times as people write them, to ISO 8601.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::model::DateOrder;

/// Years that a date in a business file can have.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=2999;

/// Reads a date as `2026-11-21`; a time of day after it is left out. `serial`: a bare number is a spreadsheet's day number.
pub(crate) fn date(text: &str, order: DateOrder, serial: bool) -> Option<String> {
    let (date, _) = parse(text, order, serial)?;
    Some(date.to_string())
}

/// Reads a point in time as RFC 3339 in UTC; without a zone it is one of `zone`'s.
pub(crate) fn date_time(text: &str, order: DateOrder, serial: bool, zone: &TimeZone) -> Option<String> {
    if let Ok(instant) = text.trim().parse::<Timestamp>() {
        return Some(format!("{instant:.6}"));
    }
    let (date, time) = parse(text, order, serial)?;
    let instant = DateTime::from_parts(date, time).to_zoned(zone.clone()).ok()?.timestamp();
    Some(format!("{instant:.6}"))
}

/// Which orders of day and month the text can have: (day first, month first); `None` if it is not three numbers with the year last.
pub(crate) fn possible_orders(text: &str) -> Option<(bool, bool)> {
    let (date_part, _) = split_time(text.trim());
    let numbers = numbers(date_part)?;
    let [a, b, year] = numbers.as_slice() else { return None };
    if year.len() != 4 {
        return None;
    }
    let (a, b) = (a.parse::<i8>().ok()?, b.parse::<i8>().ok()?);
    Some(((1..=31).contains(&a) && (1..=12).contains(&b), (1..=12).contains(&a) && (1..=31).contains(&b)))
}

fn parse(text: &str, order: DateOrder, serial: bool) -> Option<(Date, Time)> {
    let text = text.trim();
    if serial && let Some(found) = from_serial(text) {
        return Some(found);
    }
    let (date_part, time_part) = split_time(text);
    let time = if time_part.is_empty() { Time::midnight() } else { time_of_day(time_part)? };
    let date = if date_part.len() == 8 && date_part.bytes().all(|b| b.is_ascii_digit()) {
        compact(date_part)?
    } else {
        in_order(&numbers(date_part)?, order)?
    };
    YEARS.contains(&date.year()).then_some((date, time))
}

/// The day number of a spreadsheet program: days since 1899-12-30, the time of day as the fraction.
fn from_serial(text: &str) -> Option<(Date, Time)> {
    let number: f64 = text.parse().ok()?;
    if !(1.0..2_958_466.0).contains(&number) || text.len() == 8 && !text.contains('.') {
        return None;
    }
    let seconds = (number.fract() * 86_400.0).round() as i64;
    let start = DateTime::constant(1899, 12, 30, 0, 0, 0, 0);
    let moment = start.checked_add(Span::new().try_days(number.trunc() as i64).ok()?.try_seconds(seconds).ok()?).ok()?;
    Some((moment.date(), moment.time()))
}

/// The text before and after the gap between date and time.
fn split_time(text: &str) -> (&str, &str) {
    let at = text.find(['T', ' ', '日', '号']);
    match at {
        Some(at) => {
            let rest = text[at..].trim_start_matches(['T', ' ', '日', '号']);
            (text[..at].trim_end(), rest.trim())
        }
        None => (text, ""),
    }
}

/// `20261121`.
fn compact(text: &str) -> Option<Date> {
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// The three numbers of a date, split at `-`, `/`, `.`, 年 and 月; English month names count as numbers.
fn numbers(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> =
        text.split(['-', '/', '.', '年', '月', '_', ',']).map(str::trim).filter(|p| !p.is_empty()).map(month_number).collect();
    let right = parts.len() == 3 && parts.iter().all(|p| p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit()));
    right.then_some(parts)
}

/// `Nov` and `November` as `11`; anything else unchanged.
fn month_number(part: &str) -> String {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = part.to_ascii_lowercase();
    let found = MONTHS.iter().position(|m| lower.len() >= 3 && lower.starts_with(m) && lower.bytes().all(|b| b.is_ascii_alphabetic()));
    found.map_or_else(|| part.to_owned(), |at| (at + 1).to_string())
}

fn in_order(parts: &[String], order: DateOrder) -> Option<Date> {
    let [a, b, c] = parts else { return None };
    let (year, month, day) = if a.len() == 4 {
        (a, b, c)
    } else {
        match order {
            DateOrder::Mdy => (c, a, b),
            DateOrder::Dmy => (c, b, a),
            DateOrder::Ymd => (a, b, c),
        }
    };
    let number: i16 = year.parse().ok()?;
    let full = match year.len() {
        4 => number,
        2 if number < 70 => 2000 + number,
        2 => 1900 + number,
        _ => return None,
    };
    Date::new(full, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `8:30`, `08:30:15`, `8:30 PM`, `08:30:15.123`.
fn time_of_day(text: &str) -> Option<Time> {
    let lower = text.to_ascii_lowercase();
    let (clock, half) = if let Some(head) = lower.strip_suffix("pm") {
        (head.trim(), Some(12))
    } else if let Some(head) = lower.strip_suffix("am") {
        (head.trim(), Some(0))
    } else {
        (lower.as_str(), None)
    };
    let clock = clock.split(['.', '+', 'z']).next().unwrap_or("");
    let mut parts = clock.split([':', '时', '分', '：']).map(|p| p.trim_end_matches('秒').trim()).filter(|p| !p.is_empty());
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next().unwrap_or("0").parse().ok()?;
    let second: i8 = parts.next().unwrap_or("0").parse().ok()?;
    let hour = match half {
        Some(add) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_kinds_become_iso() {
        for (text, order, want) in [
            ("2016-10-20", DateOrder::Ymd, "2016-10-20"),
            ("2016/1/5", DateOrder::Mdy, "2016-01-05"),
            ("2016.01.05", DateOrder::Dmy, "2016-01-05"),
            ("2016年1月5日", DateOrder::Ymd, "2016-01-05"),
            ("2016年1月5日 08:30", DateOrder::Ymd, "2016-01-05"),
            ("20160105", DateOrder::Ymd, "2016-01-05"),
            ("10/20/2017", DateOrder::Mdy, "2017-10-20"),
            ("20/10/2017", DateOrder::Dmy, "2017-10-20"),
            ("2/1/2018", DateOrder::Mdy, "2018-02-01"),
            ("2/1/18", DateOrder::Dmy, "2018-01-02"),
            ("21-Nov-2026", DateOrder::Dmy, "2026-11-21"),
            ("2018-02-26 19:58:54", DateOrder::Ymd, "2018-02-26"),
        ] {
            assert_eq!(date(text, order, false).as_deref(), Some(want), "{text}");
        }
        for text in ["", "abc", "2016-13-01", "2016-02-30", "10/20/2017", "1", "42663", "2016-1", "99999-1-1", "2016-10-20 25:00"] {
            assert_eq!(date(text, DateOrder::Ymd, false), None, "{text}");
        }
    }

    #[test]
    fn spreadsheet_day_numbers_are_dates() {
        assert_eq!(date("42663", DateOrder::Ymd, true).as_deref(), Some("2016-10-20"));
        assert_eq!(date_time("42663.5", DateOrder::Ymd, true, &TimeZone::UTC).as_deref(), Some("2016-10-20T12:00:00.000000Z"));
        assert_eq!(date("20160105", DateOrder::Ymd, true).as_deref(), Some("2016-01-05"));
    }

    #[test]
    fn times_without_a_zone_are_those_of_the_user() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        for (text, want) in [
            ("2018-02-26 19:58:54", "2018-02-26T11:58:54.000000Z"),
            ("2018-02-26T19:58:54Z", "2018-02-26T19:58:54.000000Z"),
            ("2018-02-26T19:58:54+01:00", "2018-02-26T18:58:54.000000Z"),
            ("2018/2/26 7:58 PM", "2018-02-26T11:58:00.000000Z"),
            ("2018年2月26日 19时58分", "2018-02-26T11:58:00.000000Z"),
            ("2018-02-26", "2018-02-25T16:00:00.000000Z"),
        ] {
            assert_eq!(date_time(text, DateOrder::Ymd, false, &shanghai).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn the_order_shows_in_the_numbers() {
        assert_eq!(possible_orders("10/20/2017"), Some((false, true)));
        assert_eq!(possible_orders("20/10/2017"), Some((true, false)));
        assert_eq!(possible_orders("2/1/2018"), Some((true, true)));
        assert_eq!(possible_orders("2018-02-01"), None);
    }
}
