//! Writing: single creates over HTTP, and imports, each against raw inserts of the same columns into the same table.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use guanxi_model::{Cell, RecordId};
use guanxi_store::yardstick::{batched, group_commit};
use serde_json::{Value, json};

use super::Run;
use super::http::{self, post};
use super::measure::{median, now};
use super::process;
use super::reading::Pair;
use super::report::{Cost, Line, rate};
use super::subject::{ACCOUNT_COLUMNS, CONTACT_COLUMNS, Subject};
use crate::demo::names;
use crate::demo::rng::Rng;
use crate::failure::Failure;

/// Connections and callers of the writing loads.
const WRITERS: usize = 64;

/// Rows of a transaction of raw inserts.
const BATCH: usize = 10_000;

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
    run.report.costs.push(Cost { what: "create a record", ms: median(&cpu), others_ms: 32.0 });
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

/// A row of the import file, as text.
fn account_fields(i: usize, tag: u64) -> (String, String, String, &'static str, i64) {
    let mut rng = Rng::new(tag).fork(i as u64);
    let company = names::company(&mut rng, "苏州");
    (company.name, format!("I{tag:03}{i:08}"), names::phone(&mut rng, "0512"), company.industry, rng.between(5, 5_000))
}

fn account_row(i: usize, tag: u64) -> Vec<Cell> {
    let (name, number, phone, industry, employees) = account_fields(i, tag);
    let stamp = Cell::Int(1_795_000_000_000_000);
    let row = vec![
        Cell::Int((i as i64) << 16),
        stamp.clone(),
        Cell::Int(1),
        stamp,
        Cell::Int(1),
        Cell::Int(1),
        Cell::Int(1),
        Cell::Text(name),
        Cell::Text(number),
        Cell::Text(industry.to_owned()),
        Cell::Text(format!("+86{}", phone.replace('-', "").trim_start_matches('0'))),
        Cell::Text(phone),
        Cell::Text("华东".to_owned()),
        Cell::Int(employees),
    ];
    debug_assert_eq!(row.len(), ACCOUNT_COLUMNS.len());
    row
}

/// Writes an import file with its mapping.
fn files(subject: &Subject, rows: usize, tag: u64) -> Result<(PathBuf, PathBuf), Failure> {
    let folder = &subject.place.folder;
    let (map, file) = (folder.join("map.json"), folder.join("import.csv"));
    let columns = ["name", "account_number", "phone", "industry", "region", "employees"].map(|name| json!({"header": name, "field": name}));
    let mapping = json!({
        "columns": columns, "key": "account_number", "mode": "upsert",
        "unknown_values": "refuse", "defaults": {},
    });
    let mut text = String::from("name,account_number,phone,industry,region,employees\n");
    for i in 0..rows {
        let (name, number, phone, industry, employees) = account_fields(i, tag);
        let _ = writeln!(text, "{name},{number},{phone},{industry},华东,{employees}");
    }
    let written = std::fs::write(&file, text).and_then(|()| std::fs::write(&map, mapping.to_string()));
    written.map_err(|e| Failure::new(format!("{}: {e}", folder.display())))?;
    Ok((map, file))
}

/// Imports of accounts with a key, by the command line, against raw batched inserts of the same rows.
pub(crate) async fn import(run: &mut Run, subject: &Subject, rows: usize) -> Result<(), Failure> {
    let rounds = if rows > 200_000 { 1 } else { run.rounds };
    let (mut ours, mut raw, mut ratios, mut seconds, mut peak) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..rounds {
        let tag = now().as_millis() as u64 % 1_000;
        let (map, file) = files(subject, rows, tag)?;
        let (took, most) = process::import(&subject.place, "account", &map, &file).await?;
        let plain: Vec<Vec<Cell>> = (0..rows).map(|i| account_row(i, tag)).collect();
        let bare = batched(&subject.scratch(), &subject.account_table, &plain, BATCH, now).await?;
        ours.push(rows as f64 / took);
        raw.push(bare);
        ratios.push(rows as f64 / took / bare.max(1e-9));
        seconds.push(took);
        peak = peak.max(most);
    }
    let (ratio, took) = (median(&ratios), median(&seconds));
    let million = rows >= 1_000_000;
    run.report.add(Line {
        what: format!("import of {rows} accounts from CSV by key, whole process"),
        ours: format!("{}, {took:.1} s, peak {peak:.0} MB", rate(median(&ours))),
        raw: format!("{} (batched inserts)", rate(median(&raw))),
        ratio: format!("{:.0} %", ratio * 100.0),
        bar: if million { "≥ 15 %, < 120 s, < 200 MB".to_owned() } else { "≥ 15 %".to_owned() },
        holds: Some(ratio >= 0.15 && (!million || took < 120.0 && peak < 200.0)),
    });
    Ok(())
}
