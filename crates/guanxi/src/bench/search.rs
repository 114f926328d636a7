//! Search: answers to what people type, how soon a committed record is found, and what the index costs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::Run;
use super::http::{self, Connection, escaped, get, post};
use super::measure::{now, quantile};
use super::process::{self, Place, Server};
use super::report::{Cost, Line};
use super::subject::Subject;
use crate::demo::names;
use crate::demo::rng::Rng;
use crate::failure::Failure;

/// Connections that search at the same time.
const SEARCHERS: usize = 4;

/// How long an answer may take, in milliseconds.
const QUERY_BAR_MS: f64 = 50.0;

/// How long a committed record may be unknown, in milliseconds.
const FOUND_BAR_MS: f64 = 1_000.0;

/// Records that are looked for as soon as they are committed.
const TRICKLE: usize = 60;

/// The pause between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// How often a new record is looked for.
const LOOK: Duration = Duration::from_millis(5);

/// How long to wait for an index that is being made.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Measures search on an organisation.
pub(crate) async fn search(run: &mut Run, subject: &Subject) -> Result<(), Failure> {
    let records = subject.records();
    let (seconds, peak) = process::run(&subject.place, &["search", "rebuild"]).await?;
    run.report.add(Line {
        what: format!("search index of {records} records made anew, whole process"),
        ours: format!(
            "{seconds:.1} s, {:.0} records/s, peak {peak:.0} MB, {:.0} MB on disk",
            records as f64 / seconds,
            size_mb(&folder(subject))
        ),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: "< 300 MB".to_owned(),
        holds: Some(peak < 300.0),
    });
    let first = get(&format!("/api/v1/records/contact/{}", subject.contacts[0]), &subject.token);
    let (server, _) = Server::start(&subject.place, &first).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.memory_mb();
    ready(&server, subject).await?;
    queries(run, subject, &server, records).await?;
    found(run, subject, &server).await?;
    run.report.add(Line {
        what: format!("memory of the server with {records} records in the index: before the first search, most while searching"),
        ours: format!("{idle:.0} MB, {:.0} MB", server.peak_mb()),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: "≤ 80 MB, ≤ 300 MB".to_owned(),
        holds: Some(idle <= 80.0 && server.peak_mb() <= 300.0),
    });
    Ok(())
}

fn folder(subject: &Subject) -> PathBuf {
    subject.place.folder.join("orgs").join(format!("bench_{}", subject.size.name().to_lowercase())).join("search")
}

fn size_mb(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|m| m.len() as f64).sum::<f64>() / 1024.0 / 1024.0
}

async fn ask(connection: &mut Connection, subject: &Subject, text: &str) -> Result<Value, Failure> {
    let told = |e: &dyn std::fmt::Display| Failure::new(format!("search for {text}: {e}"));
    let path = format!("/api/v1/search?q={}", escaped(text));
    let answer = connection.send(&get(&path, &subject.token)).await.map_err(|e| told(&e))?;
    serde_json::from_slice(&answer.body).map_err(|e| told(&e))
}

/// Waits until the index is complete.
async fn ready(server: &Server, subject: &Subject) -> Result<(), Failure> {
    let mut connection = Connection::open(&server.address).await.map_err(|e| Failure::new(e.to_string()))?;
    let end = now() + PATIENCE;
    while ask(&mut connection, subject, "-").await?["complete"] != json!(true) {
        if now() > end {
            return Err(Failure::new("the search index does not get ready"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// What people type: names in characters, by sound and by first letters, parts of company names, digits of a phone, mistakes.
fn typed(rng: &mut Rng) -> String {
    let person = names::person(rng);
    let company = names::company(rng, "苏州").name;
    let part = |from: usize, count: usize| company.chars().skip(from).take(count).collect::<String>();
    let digits: String = names::mobile(rng).chars().filter(char::is_ascii_digit).collect();
    match rng.between(0, 11) {
        0 | 1 => person.name,
        2 => person.name.chars().take(1).collect(),
        3 => person.pinyin,
        4 => person.pinyin.chars().take(5).collect(),
        5 => person.pinyin.chars().take(2).collect(),
        6 => part(2, 2),
        7 => part(2, 4),
        8 => company,
        9 => digits[digits.len() - 4..].to_owned(),
        10 => digits,
        _ => format!("{} {}", person.name, part(0, 2)),
    }
}

async fn queries(run: &mut Run, subject: &Subject, server: &Server, records: usize) -> Result<(), Failure> {
    let token = subject.token.clone();
    let make = move |rng: &mut Rng| get(&format!("/api/v1/search?q={}", escaped(&typed(rng))), &token);
    for connections in [1, SEARCHERS] {
        let before = server.cpu_ms();
        let load = http::load(&server.address, connections, run.time.max(Duration::from_secs(2)), 200, make.clone()).await?;
        if connections == 1 {
            let ms = (server.cpu_ms() - before) / load.requests.max(1) as f64;
            run.report.costs.push(Cost { what: format!("search over {records} records"), ms, others_ms: 41.0 });
        }
        run.report.add(Line {
            what: format!("search over {records} records over HTTP, {connections} connection(s), queries of twelve kinds"),
            ours: format!("p50 {:.1} ms, p99 {:.1} ms, {:.0}/s", load.p50_ms, load.p99_ms, load.rate),
            raw: "–".to_owned(),
            ratio: "–".to_owned(),
            bar: format!("p99 < {QUERY_BAR_MS:.0} ms"),
            holds: (connections == 1).then_some(load.p99_ms < QUERY_BAR_MS),
        });
    }
    Ok(())
}

/// The time from a record's commit until it is found; on PostgreSQL another node looks for it.
async fn found(run: &mut Run, subject: &Subject, server: &Server) -> Result<(), Failure> {
    let elsewhere = match &subject.place.database_url {
        None => None,
        Some(url) => {
            let place = Place { folder: subject.place.folder.join("node2"), database_url: Some(url.clone()) };
            let (node, _) = Server::start(&place, &get("/api/v1/search?q=x", &subject.token)).await?;
            ready(&node, subject).await?;
            Some(node)
        }
    };
    let looking = elsewhere.as_ref().unwrap_or(server);
    let told = |e: std::io::Error| Failure::new(format!("search: {e}"));
    let (mut writing, mut reading) =
        (Connection::open(&server.address).await.map_err(told)?, Connection::open(&looking.address).await.map_err(told)?);
    let tag = now().as_nanos() as u64 ^ u64::from(std::process::id());
    let mut times: Vec<u32> = Vec::new();
    for i in 0..TRICKLE {
        let name = format!("trickle{tag:x}n{i}");
        let body = json!({"name": name}).to_string();
        let answer = writing.send(&post("/api/v1/records/contact", &subject.token, &body)).await.map_err(told)?;
        let committed = now();
        if answer.status != 201 {
            return Err(Failure::new(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))));
        }
        while ask(&mut reading, subject, &name).await?["groups"].as_array().is_none_or(Vec::is_empty) {
            if now() - committed > Duration::from_secs(30) {
                return Err(Failure::new(format!("{name} is not found")));
            }
            tokio::time::sleep(LOOK).await;
        }
        times.push(u32::try_from((now() - committed).as_micros()).unwrap_or(u32::MAX));
        tokio::time::sleep(PAUSE).await;
    }
    times.sort_unstable();
    let (p50, p99) = (quantile(&times, 0.5) / 1000.0, quantile(&times, 0.99) / 1000.0);
    let place = if elsewhere.is_some() { ", on another node" } else { "" };
    run.report.add(Line {
        what: format!("from a record's commit until it is found{place}, {TRICKLE} records"),
        ours: format!("p50 {p50:.0} ms, p99 {p99:.0} ms"),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: format!("p99 ≤ {FOUND_BAR_MS:.0} ms"),
        holds: Some(p99 <= FOUND_BAR_MS),
    });
    Ok(())
}
