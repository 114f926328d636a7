//! The demo company is believable, is the same each time, and its history is real.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::sign_in::Credentials;
use guanxi_engine::{Organisation, Services, changes, files::Files, read, sign_in};
use guanxi_model::Door;
use guanxi_model::clock::ManualClock;
use guanxi_model::render::time_text;
use guanxi_query::Page;
use guanxi_store::{SqliteOptions, Store};
use guanxi_testkit::org::TestOrg;
use serde_json::Value;

use super::bulk::{Bulk, PER_TEAM};
use super::calendar::Calendar;
use super::catalog::stock;
use super::generate::{SALES_EMAIL, Summary, USER_PASSWORD, generate};
use super::play::{Played, play};
use super::script::{ADMINISTRATOR, Script};
use super::size::{Amounts, Size};
use crate::random::OsRandom;

/// 2026-11-20T10:00:00Z.
const END: i64 = 1_795_168_800_000_000;

async fn company(folder: &std::path::Path) -> (Organisation, Summary) {
    let clock = ManualClock::at(END);
    let shared = Arc::new(clock.clone());
    let store = Store::open_sqlite(&folder.join("org.db"), SqliteOptions::default(), shared.clone()).await.unwrap();
    let services = Services {
        clock: shared,
        random: Arc::new(OsRandom),
        files: Files::local(&folder.join("files")).unwrap(),
        search: None,
        outside: guanxi_engine::outside::Outside::default(),
        audit: None,
        public_url: None,
        breached_passwords: None,
        mailer: Arc::new(guanxi_engine::mail::Sandbox),
    };
    let new = NewOrganisation {
        name: "demo".to_owned(),
        admin_email: "admin@demo.example".to_owned(),
        admin_password: "long enough".to_owned(),
        admin_name: None,
        currency: "CNY".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    let org = Organisation::create(store, services, new).await.unwrap();
    let summary = generate(&org, None, |_, _| {}).await.unwrap();
    (org, summary)
}

async fn rows(org: &Organisation, text: &str) -> Vec<Value> {
    let page = Page { limit: 2_000, ..Page::default() };
    let rows = read::query(org, &org.system_ctx(Door::Cli), text, &page).await.unwrap();
    let page: Value = serde_json::from_slice(&read::page_json(&org.schema(), &rows)).unwrap();
    page["records"].as_array().cloned().unwrap_or_default()
}

async fn counts(org: &Organisation, text: &str) -> BTreeMap<String, i64> {
    let key =
        |row: &Value| row.as_object().and_then(|o| o.iter().find(|(k, _)| *k != "n")).map(|(_, v)| v.as_str().unwrap_or("").to_owned());
    rows(org, text).await.iter().map(|row| (key(row).unwrap_or_default(), row["n"].as_i64().unwrap_or(0))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_company_is_believable_and_its_history_real() {
    let folder = tempfile::tempdir().unwrap();
    let (org, summary) = company(folder.path()).await;
    eprintln!("{summary:?}");
    funnel(&org).await;
    history(&org).await;
    work(&org).await;
    assert!(summary.records["account"] >= 1_990 && summary.records["account"] < 2_100, "{summary:?}");
    assert!(summary.records["contact"] > 2_800 && summary.records["ticket"] > 450 && summary.updates > 8_000, "{summary:?}");
    let signed = sign_in::sign_in(&org, Credentials::password(SALES_EMAIL, USER_PASSWORD), "127.0.0.1", "test", None).await.unwrap();
    assert_eq!(signed.ctx.role, "standard");
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let figures = || {
        let script = super::generate::write_script(END).script;
        let mut sum = script.steps.len() as u64;
        for step in &script.steps {
            for byte in serde_json::to_vec(&step.values).unwrap().into_iter().chain(step.at.to_le_bytes()) {
                sum = sum.wrapping_mul(31).wrapping_add(u64::from(byte));
            }
        }
        sum
    };
    assert_eq!(figures(), figures());
}

async fn funnel(org: &Organisation) {
    let stages = counts(org, "SELECT stage, COUNT(id) n FROM opportunity GROUP BY stage").await;
    eprintln!("{stages:?}");
    let of = |stage: &str| stages.get(stage).copied().unwrap_or(0);
    let (won, lost) = (of("won"), of("lost"));
    let rate = won * 100 / (won + lost).max(1);
    assert!((25..=35).contains(&rate), "win rate {rate} %: {stages:?}");
    for stage in ["prospecting", "engaging", "proposal", "negotiation"] {
        assert!(of(stage) > 15, "{stages:?}");
    }
    let reasons = counts(org, "SELECT loss_reason, COUNT(id) n FROM opportunity WHERE stage = 'lost' GROUP BY loss_reason").await;
    assert!(reasons.len() > 5, "{reasons:?}");
    let amounts = rows(org, "SELECT SUM(amount) total, COUNT(id) n FROM opportunity WHERE stage = 'won'").await;
    eprintln!("{amounts:?}");
    let leads = counts(org, "SELECT status, COUNT(id) n FROM lead GROUP BY status").await;
    eprintln!("{leads:?}");
    assert!(leads.len() == 6, "{leads:?}");
}

async fn history(org: &Organisation) {
    let earliest = rows(org, "SELECT created_at FROM account ORDER BY created_at LIMIT 1").await;
    let latest = rows(org, "SELECT created_at FROM note ORDER BY created_at DESC LIMIT 1").await;
    assert!(earliest[0]["created_at"].as_str().unwrap() > "2025-11-15", "{earliest:?}");
    assert!(latest[0]["created_at"].as_str().unwrap() > "2026-11-18", "{latest:?}");
    let won = rows(org, "SELECT id, version, stage_entered_at, created_at FROM opportunity WHERE stage = 'won' LIMIT 1").await;
    let id = won[0]["id"].as_str().unwrap();
    assert!(won[0]["stage_entered_at"].as_str() > won[0]["created_at"].as_str());
    let ctx = org.system_ctx(Door::Cli);
    let (log, _) = changes::history(org, &ctx, "opportunity", id, None, 50).await.unwrap();
    let times: BTreeSet<String> = log.iter().map(|c| serde_json::to_value(c).unwrap()["at"].as_str().unwrap().to_owned()).collect();
    assert!(log.len() >= 4 && times.len() == log.len(), "{log:?}");
    assert_eq!(won[0]["version"].as_i64(), Some(log.len() as i64));
}

async fn work(org: &Organisation) {
    let overdue = rows(org, "SELECT COUNT(id) n FROM task WHERE status = 'open' AND due_date < TODAY").await;
    let open = rows(org, "SELECT COUNT(id) n FROM task WHERE status = 'open' AND due_date >= TODAY").await;
    eprintln!("overdue {overdue:?} open {open:?}");
    assert!((5..400).contains(&overdue[0]["n"].as_i64().unwrap()), "{overdue:?}");
    assert!((5..400).contains(&open[0]["n"].as_i64().unwrap()), "{open:?}");
    let tickets =
        counts(org, "SELECT priority, COUNT(id) n FROM ticket WHERE status IN ('new', 'open', 'waiting') GROUP BY priority").await;
    assert!(tickets.len() >= 3, "{tickets:?}");
    let owners = counts(org, "SELECT created_by_id, COUNT(id) n FROM opportunity GROUP BY created_by_id").await;
    assert!(owners.len() == 15, "{owners:?}");
}

/// A two-thousandth of size L, beside a script that has one change in each month.
const SMALL: Amounts = Amounts { teams: 1, accounts: 100, contacts: 500, opportunities: 150, activities: 2_500 };

guanxi_testkit::both_engines!(the_many_fill_the_year, |t: TestOrg| async move {
    let end = t.org.now_us();
    let before = changes::head(&t.org);
    let clock = ManualClock::at(end);
    let moved = t.org.with_clock(Arc::new(clock.clone()));
    let mut script = Script::new(Calendar::until(end));
    let catalog = stock(&mut script);
    for month in 0..12 {
        script.create(ADMINISTRATOR, script.calendar.start + month * 30, "note", serde_json::json!({"body": "月报"}), &[]);
    }
    let mut played = Played::default();
    let bulk = Bulk::hire((&moved, &clock), &script.calendar, &catalog, SMALL, &mut played).await.unwrap();
    let mut told = Vec::new();
    let played = play(&moved, &clock, script, (Some(bulk), played), &mut |day, _| told.push(day)).await.unwrap();
    assert!(told.len() >= 6, "{told:?}");
    amounts(&t, &played).await;
    in_order(&t, before).await;
    believable(&t).await;
});

async fn amounts(t: &TestOrg, played: &Played) {
    let mut counts = BTreeMap::new();
    for object in ["account", "contact", "opportunity", "call", "note", "meeting", "task", "user"] {
        let n = t.query(&format!("SELECT COUNT(id) n FROM {object}")).await[0]["n"].as_u64().unwrap();
        counts.insert(object, n);
        if object != "user" {
            assert_eq!(played.created[object], n, "{object}");
        }
    }
    assert_eq!((counts["account"], counts["contact"], counts["opportunity"]), (100, 500, 150));
    let activities: u64 = ["call", "note", "meeting", "task"].iter().map(|object| counts[object]).sum();
    assert_eq!(activities, 2_500 + 12);
    assert_eq!(counts["user"], 1 + 1 + PER_TEAM as u64, "the administrator, the manager, the team");
    assert!(played.updates > 300, "{}", played.updates);
}

/// The order of the log is the order of time, all of it within the year, and made by the owners.
async fn in_order(t: &TestOrg, before: i64) {
    let calendar = Calendar::until(t.org.now_us());
    let year = time_text(calendar.opening())..=time_text(calendar.end_us);
    let (mut last, mut times, mut cursor) = (String::new(), BTreeSet::new(), before);
    loop {
        let (log, next) = changes::after(&t.org, &t.admin(), cursor, 1_000).await.unwrap();
        if log.is_empty() {
            break;
        }
        cursor = next;
        for change in log {
            assert!(change.at >= last, "{change:?}");
            assert!(year.contains(&change.at), "{change:?}");
            last.clone_from(&change.at);
            times.insert(change.at);
        }
    }
    assert!(times.len() > 150, "{} moments", times.len());
    let first = t.query("SELECT created_at FROM contact ORDER BY created_at LIMIT 1").await;
    assert!(first[0]["created_at"].as_str().unwrap() > "2025-11-20", "{first:?}");
}

async fn believable(t: &TestOrg) {
    let stages = t.query("SELECT stage, COUNT(id) n FROM opportunity GROUP BY stage").await;
    assert!(stages.len() == 6, "{stages:?}");
    let moved = t.query("SELECT id, owner_id, created_by_id, account.owner_id, version FROM opportunity WHERE version > 2").await;
    assert!(moved.len() > 30, "{}", moved.len());
    for deal in &moved {
        assert_eq!(deal["owner_id"], deal["created_by_id"]);
        assert_eq!(deal["owner_id"], deal["account"]["owner_id"], "{deal}");
    }
    let tasks = t.query("SELECT status, COUNT(id) n FROM task GROUP BY status").await;
    assert_eq!(tasks.len(), 2, "{tasks:?}");
    let open = tasks.iter().find(|row| row["status"] == "open").unwrap()["n"].as_u64().unwrap();
    assert!((10..200).contains(&open), "{tasks:?}");
}

#[test]
fn the_sizes_are_those_of_the_benchmark() {
    let of = |size: Size| size.bulk().map(|bulk| (bulk.contacts, bulk.activities));
    assert_eq!([of(Size::S), of(Size::M), of(Size::L)], [None, Some((100_000, 1_000_000)), Some((1_000_000, 5_000_000))]);
}
