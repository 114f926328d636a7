//! The demo company is believable, is the same each time, and its history is real.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::{Organisation, Services, changes, files::Files, read, sign_in};
use guanxi_model::Door;
use guanxi_model::clock::ManualClock;
use guanxi_query::Page;
use guanxi_store::{SqliteOptions, Store};
use serde_json::Value;

use super::generate::{SALES_EMAIL, Summary, USER_PASSWORD, generate};
use crate::random::OsRandom;

/// 2026-11-20T10:00:00Z.
const END: i64 = 1_795_168_800_000_000;

async fn company(folder: &std::path::Path) -> (Organisation, Summary) {
    let clock = ManualClock::at(END);
    let shared = Arc::new(clock.clone());
    let store = Store::open_sqlite(&folder.join("org.db"), SqliteOptions::default(), shared.clone()).await.unwrap();
    let services =
        Services { clock: shared, random: Arc::new(OsRandom), files: Files::local(&folder.join("files")).unwrap(), search: None };
    let new = NewOrganisation {
        name: "demo".to_owned(),
        admin_email: "admin@demo.example".to_owned(),
        admin_password: "long enough".to_owned(),
        admin_name: None,
        currency: "CNY".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    let org = Organisation::create(store, services, new).await.unwrap();
    let summary = generate(&org, &clock, END, |_| {}).await.unwrap();
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
    let signed = sign_in::sign_in(&org, SALES_EMAIL, USER_PASSWORD, "127.0.0.1", "test", None).await.unwrap();
    assert_eq!(signed.ctx.role, "standard");
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let figures = || {
        let (script, _) = super::generate::write_script(END);
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
    let times: std::collections::BTreeSet<String> =
        log.iter().map(|c| serde_json::to_value(c).unwrap()["at"].as_str().unwrap().to_owned()).collect();
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
