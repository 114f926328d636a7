//! Imports: of a CSV file against raw batched inserts of the same rows, of a workbook, and what it takes to take one back.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_model::Cell;
use guanxi_store::yardstick::batched;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::Run;
use super::http::{Connection, get, post};
use super::measure::{median, now};
use super::process::{self, Server};
use super::report::{Line, rate};
use super::subject::{ACCOUNT_COLUMNS, Subject};
use crate::demo::names;
use crate::demo::rng::Rng;
use crate::failure::Failure;

/// Rows of a transaction of raw inserts.
const BATCH: usize = 10_000;

/// The columns of the file, which are fields of an account.
const HEADER: [&str; 6] = ["name", "account_number", "phone", "industry", "region", "employees"];

/// How often a running job is looked at.
const LOOK: Duration = Duration::from_millis(50);

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

/// Writes the mapping of an import file.
fn mapping(subject: &Subject) -> Result<PathBuf, Failure> {
    let path = subject.place.folder.join("map.json");
    let columns = HEADER.map(|name| json!({"header": name, "field": name}));
    let mapping = json!({
        "columns": columns, "key": "account_number", "mode": "upsert",
        "unknown_values": "refuse", "defaults": {},
    });
    std::fs::write(&path, mapping.to_string()).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    Ok(path)
}

/// Writes a CSV file.
fn csv_file(subject: &Subject, rows: usize, tag: u64) -> Result<PathBuf, Failure> {
    let path = subject.place.folder.join("import.csv");
    let mut text = HEADER.join(",") + "\n";
    for i in 0..rows {
        let (name, number, phone, industry, employees) = account_fields(i, tag);
        let _ = writeln!(text, "{name},{number},{phone},{industry},华东,{employees}");
    }
    std::fs::write(&path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    Ok(path)
}

/// Writes a workbook of the same rows.
fn workbook(subject: &Subject, rows: usize, tag: u64) -> Result<PathBuf, Failure> {
    let path = subject.place.folder.join("import.xlsx");
    write_workbook(&path, rows, tag).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    Ok(path)
}

fn write_workbook(path: &Path, rows: usize, tag: u64) -> Result<(), rust_xlsxwriter::XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, name) in (0..).zip(HEADER) {
        sheet.write(0, column, name)?;
    }
    for (line, i) in (1..).zip(0..rows) {
        let (name, number, phone, industry, employees) = account_fields(i, tag);
        for (column, text) in (0..).zip([name.as_str(), &number, &phone, industry, "华东"]) {
            sheet.write(line, column, text)?;
        }
        sheet.write(line, 5, employees as f64)?;
    }
    book.save(path)
}

/// Imports of accounts with a key, by the command line, against raw batched inserts of the same rows.
pub(crate) async fn import(run: &mut Run, subject: &Subject, rows: usize) -> Result<(), Failure> {
    let rounds = if rows > 200_000 { 1 } else { run.rounds };
    let (mut ours, mut raw, mut ratios, mut seconds, mut peak) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..rounds {
        let tag = now().as_millis() as u64 % 1_000;
        let (map, file) = (mapping(subject)?, csv_file(subject, rows, tag)?);
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

/// The import of a workbook by the command line, and then its undo over HTTP.
pub(crate) async fn workbook_and_undo(run: &mut Run, subject: &Subject, rows: usize) -> Result<(), Failure> {
    // A sheet holds so many rows and its header.
    let rows = rows.min(1_000_000);
    let tag = now().as_millis() as u64 % 1_000;
    let (map, file) = (mapping(subject)?, workbook(subject, rows, tag)?);
    let (took, peak) = process::import(&subject.place, "account", &map, &file).await?;
    let million = rows >= 1_000_000;
    run.report.add(Line {
        what: format!("import of {rows} accounts from XLSX by key, whole process"),
        ours: format!("{}, {took:.1} s, peak {peak:.0} MB", rate(rows as f64 / took)),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: if million { "< 120 s, < 200 MB".to_owned() } else { "–".to_owned() },
        holds: million.then_some(took < 120.0 && peak < 200.0),
    });
    let (server, _) = Server::start(&subject.place, &get("/api/v1/jobs", &subject.token)).await?;
    let (took, most) = (undo(&server, subject).await?, server.peak_mb());
    run.report.add(Line {
        what: format!("undo of this import, {rows} records, over HTTP, the search index following"),
        ours: format!("{}, {took:.1} s, peak of the server {most:.0} MB", rate(rows as f64 / took)),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: "–".to_owned(),
        holds: None,
    });
    Ok(())
}

/// Takes the last import back; gives the seconds until its job was done.
async fn undo(server: &Server, subject: &Subject) -> Result<f64, Failure> {
    let mut connection = Connection::open(&server.address).await.map_err(|e| Failure::new(e.to_string()))?;
    let mut ask = async |request: Vec<u8>| -> Result<Value, Failure> {
        let answer = connection.send(&request).await.map_err(|e| Failure::new(format!("undo: {e}")))?;
        serde_json::from_slice(&answer.body).map_err(|e| Failure::new(format!("undo: {} {e}", answer.status)))
    };
    let imports = ask(get("/api/v1/imports", &subject.token)).await?;
    let id = imports["imports"][0]["id"].as_str().unwrap_or_default();
    let began = now();
    let job = ask(post(&format!("/api/v1/imports/{id}/undo"), &subject.token, "")).await?;
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().ok_or_else(|| Failure::new(format!("undo: {job}")))?);
    loop {
        let job = ask(get(&path, &subject.token)).await?;
        match job["state"].as_str() {
            Some("succeeded") => return Ok((now() - began).as_secs_f64()),
            Some("queued" | "running") => tokio::time::sleep(LOOK).await,
            _ => return Err(Failure::new(format!("undo: {job}"))),
        }
    }
}
