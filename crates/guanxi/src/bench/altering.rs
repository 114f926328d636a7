//! Changes of objects and fields on a large table while one writes single records and another reads: how long each takes, and the
//! longest that a write and a read had to wait meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guanxi_engine::write::{self, MAX_OPERATIONS, Operation, Options, Outcome};
use guanxi_engine::{Organisation, read, schema_change};
use guanxi_model::{Ctx, Door, Error, RecordId};
use guanxi_query::Page;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::Run;
use super::measure::{median, now, timed};
use super::report::Line;
use super::subject::Subject;
use crate::data::Data;
use crate::failure::Failure;

/// The longest that a write may wait, in milliseconds.
const BAR_MS: f64 = 100.0;

/// An object of our own with as many records as there are contacts.
const FULL: &str = "x_bench_full";

/// What writes and reads took: when each began, and how long it took.
#[derive(Default)]
struct Seen {
    writes: Vec<(Duration, f64)>,
    reads: Vec<(Duration, f64)>,
}

/// The organisation, and what is seen of it.
struct Scene {
    org: Organisation,
    ctx: Ctx,
    contacts: Arc<Vec<String>>,
    seen: Arc<Mutex<Seen>>,
    records: usize,
}

/// Changes the contact table, and objects of its own, and reports each change.
pub(crate) async fn schema(run: &mut Run, subject: &Subject, data: &Data) -> Result<(), Failure> {
    let org = data.open(&format!("bench_{}", subject.size.name().to_lowercase())).await?;
    let ctx = org.system_ctx(Door::Cli);
    let records = subject.count("contact");
    let scene = Scene { org, ctx, contacts: Arc::clone(&subject.contacts), seen: Arc::default(), records };
    if scene.org.schema().object(FULL).is_some() {
        schema_change::delete_object(&scene.org, &scene.ctx, FULL).await?;
    }
    own_object(&scene, FULL).await?;
    let full = fill(&scene, records).await?;
    let schema = scene.org.schema();
    let ids: Vec<RecordId> = scene.contacts.iter().filter_map(|id| Some(schema.parse_id(id)?.1)).collect();
    let contact = |n: usize| json!({"department": format!("部门 {n}"), "title": format!("职务 {}", n % 6)});
    let tasks = [scene.writer(ids, contact), scene.reader()];
    let measured = async {
        changes(run, &scene).await?;
        changes_of_own(run, &scene, full).await
    };
    let measured = measured.await;
    for task in tasks {
        task.abort();
        let _ = task.await;
    }
    scene.org.close().await;
    measured
}

async fn changes(run: &mut Run, scene: &Scene) -> Result<(), Failure> {
    let tag = now().as_millis() as u64 ^ u64::from(std::process::id());
    let name = |kind: &str| format!("x_{tag:x}_{kind}");
    let (org, ctx) = (&scene.org, &scene.ctx);
    usual(run, scene).await;
    let fields = [
        ("text", "a text field", json!({"type": "text"})),
        ("indexed", "an indexed text field", json!({"type": "text", "indexed": true})),
        ("unique", "a unique text field", json!({"type": "text", "unique": true})),
        ("lookup_id", "a lookup to accounts", json!({"type": "lookup", "to": ["account"], "on_delete": "clear"})),
        ("money", "a money field", json!({"type": "money"})),
        ("boolean", "a boolean field", json!({"type": "boolean"})),
    ];
    for (kind, what, rest) in &fields {
        let field = definition(&name(kind), rest);
        let added =
            async { schema_change::create_field(org, ctx, "contact", serde_json::from_value(field).map_err(Error::internal)?).await };
        observed(run, scene, &format!("add {what}"), added).await?;
    }
    for (field, kind, on) in [("title", "six values", true), ("title", "", false), ("email", "", false), ("email", "random values", true)] {
        let what = if on { format!("index the field {field} ({kind})") } else { format!("no longer index the field {field}") };
        let patch = json!({ "indexed": on });
        observed(run, scene, &what, schema_change::update_field(org, ctx, "contact", field, &patch)).await?;
    }
    for (kind, what, _) in &fields {
        let field = name(kind);
        let gone = schema_change::delete_field(org, ctx, "contact", &field);
        observed(run, scene, &format!("remove {what}"), gone).await?;
    }
    observed(run, scene, "make an object with four fields", own_object(scene, &name("object"))).await?;
    observed(run, scene, "remove it", schema_change::delete_object(org, ctx, &name("object"))).await
}

/// Makes a full column unique while its own records are written, and removes the whole object.
async fn changes_of_own(run: &mut Run, scene: &Scene, records: Vec<RecordId>) -> Result<(), Failure> {
    let (org, ctx) = (&scene.org, &scene.ctx);
    let writer = scene.writer(records, |n| json!({"name": format!("记录 {n}")}));
    for (what, unique) in [("make a field of an object of as many records unique", true), ("no longer unique", false)] {
        observed(run, scene, what, schema_change::update_field(org, ctx, FULL, "x_code", &json!({"unique": unique}))).await?;
    }
    writer.abort();
    let _ = writer.await;
    let what = format!("remove this object of {} records", scene.records);
    observed(run, scene, &what, schema_change::delete_object(org, ctx, FULL)).await
}

fn definition(name: &str, rest: &Value) -> Value {
    let mut field = json!({"name": name, "label": {"zh": name, "en": name}});
    if let (Value::Object(field), Value::Object(rest)) = (&mut field, rest) {
        field.extend(rest.clone());
    }
    field
}

async fn own_object(scene: &Scene, name: &str) -> Result<(), Error> {
    let text = |name: &str, rest: Value| definition(name, &rest);
    let object = json!({
        "name": name, "label": {"zh": name, "en": name}, "module": "customers",
        "fields": [
            text("name", json!({"type": "text", "required": true, "indexed": true})),
            text("x_number", json!({"type": "text", "unique": true})),
            text("x_code", json!({"type": "text"})),
            text("x_account_id", json!({"type": "lookup", "to": ["account"], "on_delete": "clear"})),
        ],
    });
    schema_change::create_object(&scene.org, &scene.ctx, serde_json::from_value(object).map_err(Error::internal)?).await
}

/// Fills the object that is removed at the end; gives the first of its records.
async fn fill(scene: &Scene, count: usize) -> Result<Vec<RecordId>, Failure> {
    let mut first = Vec::new();
    for from in (0..count).step_by(MAX_OPERATIONS) {
        let values = |i: usize| {
            let mixed = i * 7_919 % count;
            json!({"name": format!("记录 {mixed}"), "x_number": format!("N{i:07}"), "x_code": format!("C{mixed}-{i}")})
        };
        let one = |i: usize| Operation::Create { object: FULL.to_owned(), values: values(i).as_object().cloned().unwrap_or_default() };
        let operations = (from..(from + MAX_OPERATIONS).min(count)).map(one).collect();
        let written = write::write(&scene.org, &scene.ctx, operations, Options { all_or_none: true, ..Options::default() }).await?;
        if first.is_empty() {
            first.extend(written.outcomes.iter().filter_map(|outcome| match outcome {
                Outcome::Created(row) => Some(row.id()),
                _ => None,
            }));
        }
    }
    Ok(first)
}

impl Scene {
    /// Changes one record after the other.
    fn writer(&self, ids: Vec<RecordId>, values: fn(usize) -> Value) -> JoinHandle<()> {
        let (org, ctx, seen) = (self.org.clone(), self.ctx.clone(), Arc::clone(&self.seen));
        tokio::spawn(async move {
            for (n, id) in ids.iter().cycle().enumerate() {
                let operation = Operation::Update { id: *id, values: values(n).as_object().cloned().unwrap_or_default(), version: None };
                let began = now();
                if let Err(error) = write::write_one(&org, &ctx, operation, Options::default()).await {
                    println!("a write failed: {error:?}");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                let took = (now() - began).as_secs_f64() * 1e3;
                seen.lock().unwrap_or_else(PoisonError::into_inner).writes.push((began, took));
            }
        })
    }

    /// Reads a contact and a short list in turn, with a pause, since reading without one would be a load of its own.
    fn reader(&self) -> JoinHandle<()> {
        let (org, ctx, contacts, seen) = (self.org.clone(), self.ctx.clone(), Arc::clone(&self.contacts), Arc::clone(&self.seen));
        tokio::spawn(async move {
            for id in contacts.iter().cycle() {
                let began = now();
                let record = read::get(&org, &ctx, "contact", id, None).await;
                let list = read::query(&org, &ctx, "SELECT id, name, account.name FROM contact ORDER BY name", &page()).await;
                if let Some(error) = record.err().or(list.err()) {
                    println!("a read failed: {error:?}");
                }
                let took = (now() - began).as_secs_f64() * 1e3;
                seen.lock().unwrap_or_else(PoisonError::into_inner).reads.push((began, took));
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
    }

    /// Forgets what was seen.
    fn begin(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
    }

    /// What was seen since, once what was under way at `end` has come to its end: longest write, writes, longest read.
    async fn end(&self) -> (f64, Vec<f64>, f64) {
        let end = now();
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.writes.last().is_some_and(|w| w.0 > end) && seen.reads.last().is_some_and(|r| r.0 > end) {
                let during = |all: &[(Duration, f64)]| all.iter().filter(|(began, _)| *began <= end).map(|(_, ms)| *ms).collect::<Vec<_>>();
                let (writes, reads) = (during(&seen.writes), during(&seen.reads));
                return (greatest(&writes), writes, greatest(&reads));
            }
        }
    }
}

fn page() -> Page {
    Page { limit: 50, ..Page::default() }
}

fn greatest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// What a write takes while nobody changes the schema.
async fn usual(run: &mut Run, scene: &Scene) {
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.begin();
    tokio::time::sleep(run.time.max(Duration::from_secs(10))).await;
    let (longest, writes, read) = scene.end().await;
    run.report.add(Line {
        what: format!("no change of the schema, {} contacts, one writer, one reader", scene.records),
        ours: format!("longest write {longest:.0} ms (median {:.1}), longest read {read:.0} ms", median(&writes)),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: "–".to_owned(),
        holds: None,
    });
}

async fn observed(run: &mut Run, scene: &Scene, what: &str, change: impl Future<Output = Result<(), Error>>) -> Result<(), Failure> {
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.begin();
    let (done, seconds) = timed(change).await;
    done?;
    let (longest, writes, read) = scene.end().await;
    let took = if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") };
    run.report.add(Line {
        what: what.to_owned(),
        ours: format!("{took}; longest write {longest:.0} ms (median {:.1}), longest read {read:.0} ms", median(&writes)),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: format!("longest write ≤ {BAR_MS:.0} ms"),
        holds: Some(longest <= BAR_MS),
    });
    Ok(())
}
