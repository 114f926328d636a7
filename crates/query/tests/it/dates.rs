//! Date literals: days of the user's calendar, and what comparisons with them mean. Now is Sunday 2026-11-22, 04:00 in Shanghai.

use guanxi_model::render::{date_text, time_text};
use guanxi_model::{Cell, Ctx};
use guanxi_query::dates::{is_literal, literals};
use guanxi_query::{Dialect, Page, parse, plan};

use crate::sample::{condition, ctx, schema};

fn dates(filter: &str) -> String {
    let (_, params) = condition(filter);
    params.iter().filter_map(Cell::as_int).map(date_text).collect::<Vec<_>>().join(" ")
}

fn times(ctx: &Ctx, literal: &str) -> String {
    let query = parse(&format!("SELECT id FROM task WHERE due_at = {literal}")).expect(literal);
    let plan = plan(ctx, &schema(), &query, &Page::default(), Dialect::Sqlite).expect(literal);
    plan.params.iter().filter_map(Cell::as_int).map(|us| time_text(us).replace(".000000Z", "")).collect::<Vec<_>>().join(" ")
}

#[test]
fn relative_literals_are_days_of_the_users_calendar() {
    for (literal, days) in [
        ("TODAY", "2026-11-22"),
        ("YESTERDAY", "2026-11-21"),
        ("TOMORROW", "2026-11-23"),
        ("LAST_WEEK", "2026-11-09 2026-11-16"),
        ("THIS_WEEK", "2026-11-16 2026-11-23"),
        ("NEXT_WEEK", "2026-11-23 2026-11-30"),
        ("LAST_MONTH", "2026-10-01 2026-11-01"),
        ("THIS_MONTH", "2026-11-01 2026-12-01"),
        ("NEXT_MONTH", "2026-12-01 2027-01-01"),
        ("LAST_QUARTER", "2026-07-01 2026-10-01"),
        ("THIS_QUARTER", "2026-10-01 2027-01-01"),
        ("NEXT_QUARTER", "2027-01-01 2027-04-01"),
        ("LAST_YEAR", "2025-01-01 2026-01-01"),
        ("THIS_YEAR", "2026-01-01 2027-01-01"),
        ("NEXT_YEAR", "2027-01-01 2028-01-01"),
        ("LAST_90_DAYS", "2026-08-24 2026-11-23"),
        ("NEXT_90_DAYS", "2026-11-23 2027-02-21"),
        ("LAST_N_DAYS:1", "2026-11-21 2026-11-23"),
        ("NEXT_N_DAYS:2", "2026-11-23 2026-11-25"),
        ("N_DAYS_AGO:7", "2026-11-15"),
        ("LAST_N_WEEKS:2", "2026-11-02 2026-11-16"),
        ("NEXT_N_WEEKS:1", "2026-11-23 2026-11-30"),
        ("N_WEEKS_AGO:1", "2026-11-09 2026-11-16"),
        ("LAST_N_MONTHS:3", "2026-08-01 2026-11-01"),
        ("NEXT_N_MONTHS:2", "2026-12-01 2027-02-01"),
        ("N_MONTHS_AGO:12", "2025-11-01 2025-12-01"),
        ("LAST_N_QUARTERS:1", "2026-07-01 2026-10-01"),
        ("NEXT_N_QUARTERS:2", "2027-01-01 2027-07-01"),
        ("N_QUARTERS_AGO:4", "2025-10-01 2026-01-01"),
        ("LAST_N_YEARS:2", "2024-01-01 2026-01-01"),
        ("NEXT_N_YEARS:1", "2027-01-01 2028-01-01"),
        ("N_YEARS_AGO:2", "2024-01-01 2025-01-01"),
    ] {
        assert_eq!(dates(&format!("close_date = {literal}")), days, "{literal}");
    }
    let (plain, counted) = literals();
    assert_eq!(plain.len() + counted.len(), 32, "every literal is in the list above");
    assert!(plain.iter().all(|l| is_literal(l) == Some(false)) && counted.iter().all(|l| is_literal(l) == Some(true)));
}

#[test]
fn a_range_is_compared_by_its_ends() {
    for (filter, sql, days) in [
        ("close_date = THIS_MONTH", "t0.close_date >= $1 AND t0.close_date < $2", "2026-11-01 2026-12-01"),
        ("close_date != THIS_MONTH", "(t0.close_date < $1 OR t0.close_date >= $2 OR t0.close_date IS NULL)", "2026-11-01 2026-12-01"),
        ("close_date < THIS_MONTH", "t0.close_date < $1", "2026-11-01"),
        ("close_date <= THIS_MONTH", "t0.close_date < $1", "2026-12-01"),
        ("close_date > THIS_MONTH", "t0.close_date >= $1", "2026-12-01"),
        ("close_date >= THIS_MONTH", "t0.close_date >= $1", "2026-11-01"),
        ("NOT close_date >= THIS_MONTH", "(t0.close_date < $1 OR t0.close_date IS NULL)", "2026-11-01"),
        ("close_date > TODAY", "t0.close_date > $1", "2026-11-22"),
        ("close_date <= 2026-01-31", "t0.close_date <= $1", "2026-01-31"),
        ("close_date IN (TODAY, 2026-01-31)", "t0.close_date IN ($1, $2)", "2026-11-22 2026-01-31"),
        (
            "close_date IN (TODAY, LAST_YEAR)",
            "(t0.close_date = $1 OR (t0.close_date >= $2 AND t0.close_date < $3))",
            "2026-11-22 2025-01-01 2026-01-01",
        ),
    ] {
        assert_eq!(condition(filter).0, sql, "{filter}");
        assert_eq!(dates(filter), days, "{filter}");
    }
    assert_eq!(condition("created_at != TODAY").0, "(t0.created_at < $1 OR t0.created_at >= $2)", "never empty");
}

#[test]
fn days_of_a_time_are_those_of_the_users_time_zone() {
    let shanghai = ctx();
    assert_eq!(times(&shanghai, "TODAY"), "2026-11-21T16:00:00 2026-11-22T16:00:00");
    assert_eq!(times(&shanghai, "2026-11-21"), "2026-11-20T16:00:00 2026-11-21T16:00:00");
    assert_eq!(times(&shanghai, "2026-11-21T08:30:00+08:00"), "2026-11-21T00:30:00");
    let new_york = Ctx { time_zone: "America/New_York".to_owned(), ..ctx() };
    assert_eq!(times(&new_york, "TODAY"), "2026-11-21T05:00:00 2026-11-22T05:00:00");
    assert_eq!(times(&new_york, "2026-03-08"), "2026-03-08T05:00:00 2026-03-09T04:00:00", "a day of 23 hours");
    assert_eq!(times(&new_york, "2026-11-01"), "2026-11-01T04:00:00 2026-11-02T05:00:00", "a day of 25 hours");
    let nowhere = Ctx { time_zone: "Mars/Olympus".to_owned(), ..ctx() };
    assert_eq!(times(&nowhere, "TODAY"), times(&shanghai, "TODAY"), "the organisation's zone");
}
