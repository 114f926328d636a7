//! Writing: single creates over HTTP against raw inserts of the same columns into the same table.

use std::sync::Arc;

use guanxi_model::{Cell, RecordId};
use guanxi_store::yardstick::group_commit;
use serde_json::{Value, json};

use super::Run;
use super::http::{self, post};
use super::measure::median;
use super::reading::Pair;
use super::report::{Cost, Line, rate};
use super::subject::CONTACT_COLUMNS;
use crate::demo::names;
use crate::demo::rng::Rng;
use crate::failure::Failure;

/// Connections and callers of the writing loads.
const WRITERS: usize = 64;

/// Creates of one record, each acknowledged when it is on disk.
pub(crate) async fn create(run: &mut Run, pair: &Pair<'_>) -> Result<(), Failure> {
    let subject = pair.subject;
    let (accounts, users, token) = (subject.accounts.clone(), subject.users.clone(), subject.token.clone());
    let make = move |rng: &mut Rng| post("/api/v1/records/contact", &token, &contact(rng, &accounts, &users).to_string());
    let (mut ours, mut raw, mut ratios, mut p99, mut cpu) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        let before = pair.server.cpu_ms();
        let load = http::load(&pair.server.address, WRITERS, run.time, 201, make.clone()).await?;
        cpu.push((pair.server.cpu_ms() - before) / load.requests.max(1) as f64);
        let (some_accounts, some_users) = (numbers(&subject.accounts), numbers(&subject.users));
        let row = move |i| contact_row(i, &some_accounts, &some_users);
        let bare = group_commit(&subject.scratch(), &subject.contact_table, WRITERS, run.time, row).await?;
        ours.push(load.rate);
        p99.push(load.p99_ms);
        raw.push(bare);
        ratios.push(load.rate / bare.max(1e-9));
    }
    let ratio = median(&ratios);
    run.report.add(Line {
        what: format!("create one record (fsynced) over HTTP, {WRITERS} connections"),
        ours: format!("{}, p99 {:.1} ms", rate(median(&ours)), median(&p99)),
        raw: format!("{} (raw driver in process, {WRITERS} callers)", rate(median(&raw))),
        ratio: format!("{:.0} %", ratio * 100.0),
        bar: "≥ 40 %".to_owned(),
        holds: Some(ratio >= 0.4),
    });
    run.report.costs.push(Cost { what: "create a record".to_owned(), ms: median(&cpu), others_ms: 32.0 });
    Ok(())
}

/// The contact that is created.
fn contact(rng: &mut Rng, accounts: &[Arc<str>], users: &[Arc<str>]) -> Value {
    let one = |rng: &mut Rng, ids: &[Arc<str>]| ids[rng.between(0, ids.len() as i64 - 1) as usize].to_string();
    let person = names::person(rng);
    let title = rng.pick(&["采购经理", "设备部经理", "信息部经理", "生产经理", "总经理", "工程师"]);
    json!({
        "name": person.name, "account_id": one(rng, accounts), "title": title, "mobile": names::mobile(rng),
        "email": format!("{}{}@bench.example", person.pinyin, rng.between(1, 9_999)), "owner_id": one(rng, users),
    })
}

/// The numbers of records.
fn numbers(ids: &[Arc<str>]) -> Arc<Vec<i64>> {
    Arc::new(ids.iter().filter_map(|id| RecordId::decode(id).ok().map(|(_, id)| id.0)).collect())
}

/// A row like those that [`contact`] makes.
fn contact_row(i: i64, accounts: &[i64], users: &[i64]) -> Vec<Cell> {
    let one = |rng: &mut Rng, of: &[i64]| Cell::Int(of[rng.between(0, of.len() as i64 - 1) as usize]);
    let mut rng = Rng::new(i as u64);
    let person = names::person(&mut rng);
    let mobile = names::mobile(&mut rng);
    let e164 = format!("+86{}", mobile.replace(' ', ""));
    let email = format!("{}{i}@bench.example", person.pinyin);
    let text = |t: &str| Cell::Text(t.to_owned());
    let stamp = Cell::Int(1_795_000_000_000_000 + i);
    let row = vec![
        Cell::Int((1 << 60) + (i << 16)),
        stamp.clone(),
        Cell::Int(1),
        stamp,
        Cell::Int(1),
        Cell::Int(1),
        one(&mut rng, users),
        Cell::Text(person.name),
        one(&mut rng, accounts),
        text("工程师"),
        Cell::Text(e164),
        Cell::Text(mobile),
        Cell::Text(email),
    ];
    debug_assert_eq!(row.len(), CONTACT_COLUMNS.len());
    row
}
