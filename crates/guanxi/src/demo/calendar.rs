//! The year that is told: working days, seasons, and the moments at which each person enters data.
//!
//! People do not type around the clock: each has a desk session every few working days, and all that happened until then is entered
//! in it. So a session's changes share one moment and can be written as one change set.

use guanxi_model::render::{date_from_days, date_text};

use super::rng::Rng;

const DAY_US: i64 = 86_400_000_000;

/// Shanghai is UTC+8 the year round.
const OFFSET_US: i64 = 8 * 3_600_000_000;

/// How many days the history covers.
pub const DAYS: i64 = 365;

/// A desk session every so many days, if it is a working day; towards the end every working day.
const SESSION_EVERY: i64 = 8;

/// The weight of each month for new business: a dip at the Spring Festival, peaks before half-year and year end.
const SEASON: [i64; 12] = [80, 40, 115, 105, 100, 130, 85, 90, 120, 85, 120, 140];

/// The days of a history that ends at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The last moment, microseconds since the epoch.
    pub end_us: i64,
    /// The day of it, days since the epoch in Shanghai.
    pub end: i64,
    /// The first day.
    pub start: i64,
}

impl Calendar {
    /// The year before a moment.
    pub fn until(end_us: i64) -> Calendar {
        let end = (end_us + OFFSET_US).div_euclid(DAY_US);
        let start = (end - DAYS..end).find(|day| is_working(*day)).unwrap_or(end - DAYS);
        Calendar { end_us, end, start }
    }

    /// The moment at which the history begins.
    pub fn opening(&self) -> i64 {
        midnight(self.start) + 9 * 3_600_000_000
    }

    /// The first desk session of a person on or after a day and not before a moment; `None` if the history ends before it.
    pub fn session(&self, person: usize, day: i64, not_before: i64) -> Option<i64> {
        let mut day = day.max(self.start);
        loop {
            if day > self.end {
                return None;
            }
            let at = moment(person, day);
            if self.is_desk_day(person, day) && at >= not_before {
                return (at <= self.end_us).then_some(at);
            }
            day += 1;
        }
    }

    fn is_desk_day(&self, person: usize, day: i64) -> bool {
        is_working(day) && (day > self.end - 10 || (day + person as i64 * 2) % SESSION_EVERY == 0)
    }

    /// A day between two days (both included), busy seasons more often.
    pub fn seasonal_day(&self, rng: &mut Rng, from: i64, to: i64) -> i64 {
        for _ in 0..64 {
            let day = rng.between(from, to.max(from));
            let month = date_from_days(day).map_or(0, |d| d.month() - 1) as usize;
            if is_working(day) && rng.between(1, 140) <= SEASON[month % 12] {
                return day;
            }
        }
        from
    }

    /// A day as the API writes it.
    pub fn date(day: i64) -> String {
        date_text(day)
    }

    /// The day of a moment.
    pub fn day_of(at: i64) -> i64 {
        (at + OFFSET_US).div_euclid(DAY_US)
    }

    /// A time of a day, in microseconds since the epoch.
    pub fn time(day: i64, hour: i64, minute: i64) -> i64 {
        midnight(day) + (hour * 60 + minute) * 60_000_000
    }
}

fn midnight(day: i64) -> i64 {
    day * DAY_US - OFFSET_US
}

/// When a person sits down on a day: between 9:00 and 18:30, to the microsecond her own.
fn moment(person: usize, day: i64) -> i64 {
    let minutes = Rng::new(day as u64).fork(person as u64).between(0, 9 * 60 + 30);
    midnight(day) + (9 * 60 + minutes) * 60_000_000 + person as i64
}

/// Whether people work: not at weekends nor on the long holidays.
pub fn is_working(day: i64) -> bool {
    if (day + 3).rem_euclid(7) >= 5 {
        return false;
    }
    let Some(date) = date_from_days(day) else { return true };
    let spring = match date.year() {
        2024 => 41,
        2025 => 29,
        2026 => 48,
        2027 => 37,
        2028 => 26,
        _ => 40,
    };
    let (month, dom) = (date.month(), date.day());
    let festival = (spring - 1..spring + 6).contains(&i32::from(date.day_of_year()));
    !(festival || month == 10 && dom <= 7 || month == 5 && dom <= 5 || month == 1 && dom == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_on_working_days_inside_the_year() {
        // 2026-03-20T00:00:00Z
        let calendar = Calendar::until(1_773_964_800_000_000);
        for person in 0..30 {
            let mut day = calendar.start;
            let mut count = 0;
            while let Some(at) = calendar.session(person, day, 0) {
                day = Calendar::day_of(at) + 1;
                assert!(is_working(day - 1) && at <= calendar.end_us && at >= calendar.opening());
                count += 1;
            }
            assert!((35..80).contains(&count), "{count}");
        }
        assert!(is_working(20_530) && !is_working(20_533), "2026-03-18 is a Wednesday");
    }
}
