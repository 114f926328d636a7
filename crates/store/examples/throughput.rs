//! Measures the store beside the raw driver: single creates by 64 callers, bulk creates, point reads. `cargo run --release -p
//! guanxi-store --example throughput [postgres://…]`.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::unwrap_used, reason = "a measuring program")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use guanxi_access::{Purpose, on_behalf_of_product, product_change};
use guanxi_model::change::{Change, ChangeSet, Guard, Op};
use guanxi_model::clock::SystemClock;
use guanxi_model::meta::ObjectDef;
use guanxi_model::{Cell, Ctx, Door, Lang, Object, RecordId, Schema};
use guanxi_query::{Page, parse};
use guanxi_store::{PgPool, SchemaStep, SqliteOptions, Store};
use serde_json::json;

const CALLERS: i64 = 64;
const SINGLES: i64 = 200;
const BULK: i64 = 10_000;
const OWNER: RecordId = RecordId(1 << 14 | 1);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let clock = Arc::new(SystemClock);
    let (store, schema) = match std::env::args().nth(1) {
        None => {
            raw_sqlite(folder.path());
            raw_group_commit(folder.path()).await;
            let store = Store::open_sqlite(&folder.path().join("org.db"), SqliteOptions::default(), clock).await.unwrap();
            (store, prepare())
        }
        Some(url) => {
            let pool = PgPool::new(&url, 10).unwrap();
            pool.drop_schema("org_throughput").await.unwrap();
            (Store::open_postgres(pool, "org_throughput", clock).await.unwrap(), prepare())
        }
    };
    let steps: Vec<_> = schema.objects().iter().cloned().map(SchemaStep::CreateTable).collect();
    store.apply_schema(&ctx(), &steps, &[]).await.unwrap();
    let owner = Change { values: vec![("name".into(), "o".into())], ..record(0) };
    let owner = Change { id: OWNER, ..owner };
    store.write(&schema, product_change(Purpose::Setup, set(1, vec![owner]))).await.unwrap();
    singles(&store, &schema).await;
    bulk(&store, &schema).await;
    reads(&store, &schema).await;
    store.close().await;
}

fn ctx() -> Ctx {
    Ctx {
        user: OWNER,
        permission_sets: std::sync::Arc::default(),
        role: "administrator".into(),
        colleagues: Default::default(),
        door: Door::Rest,
        entry: guanxi_model::Entry::default(),
        lang: Lang::En,
        now_us: 0,
        time_zone: "UTC".into(),
    }
}

fn set(id: i64, changes: Vec<Change>) -> ChangeSet {
    ChangeSet { id, user: OWNER, door: Door::Rest, at: 0, changes, guards: Vec::new(), idempotency: None, jobs: Vec::new() }
}

/// A contact as a CRM has them: 20 columns, five indexes.
fn prepare() -> Arc<Schema> {
    let text = |n: usize| json!({ "name": format!("text_{n}"), "label": {"zh": "a", "en": "a"}, "type": "text", "indexed": n < 2 });
    let mut fields = vec![json!({ "name": "name", "label": {"zh": "a", "en": "a"}, "type": "text", "indexed": true })];
    fields.extend((0..10).map(text));
    let def = |name: &str, fields: Vec<serde_json::Value>| -> ObjectDef {
        serde_json::from_value(json!({ "name": name, "label": {"zh": "a", "en": "a"}, "module": "customers", "fields": fields })).unwrap()
    };
    let mut schema = Schema::default();
    schema.put_object(Object::new(1, "005".into(), def("user", vec![fields[0].clone()])));
    schema.put_object(Object::new(2, "003".into(), def("contact", fields)));
    Arc::new(schema)
}

fn record(n: i64) -> Change {
    let mut values: Vec<(String, Cell)> = vec![("name".into(), format!("联系人 {n}").into()), ("owner_id".into(), OWNER.0.into())];
    values.extend((0..10).map(|i| (format!("text_{i}"), format!("value {i} of {}", n % 1_000).into())));
    let diff = json!({ "name": format!("联系人 {n}"), "text_0": "value", "text_1": "value", "text_2": "value" }).to_string();
    Change { op: Op::Create, id: RecordId::new(n, 2), before: None, values, fields: Vec::new(), owner: Some(OWNER), diff }
}

async fn singles(store: &Store, schema: &Arc<Schema>) {
    let start = Instant::now();
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (store, schema) = (store.clone(), Arc::clone(schema));
            tokio::spawn(async move {
                for n in 0..SINGLES {
                    let id = 10 + caller * SINGLES + n;
                    let guards = vec![Guard::Exists { change: 0, field: "owner_id".into(), target: OWNER }];
                    let set = ChangeSet { guards, ..set(id, vec![record(id)]) };
                    store.write(&schema, product_change(Purpose::Setup, set)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    report("store: single creates, 64 callers", CALLERS * SINGLES, start);
}

async fn bulk(store: &Store, schema: &Arc<Schema>) {
    let sets: Vec<_> = (0..10).map(|s| set(1_000_000 + s, (0..BULK).map(|n| record(1_000_000 + s * BULK + n)).collect())).collect();
    let start = Instant::now();
    for set in sets {
        store.write(schema, product_change(Purpose::Setup, set)).await.unwrap();
    }
    report("store: creates in sets of 10,000", 10 * BULK, start);
}

async fn reads(store: &Store, schema: &Arc<Schema>) {
    const READS: i64 = 20_000;
    let start = Instant::now();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (store, schema) = (store.clone(), Arc::clone(schema));
            tokio::spawn(async move {
                let id = RecordId::new(1_000_500, 2).encode("003");
                let query = parse(&format!("SELECT id, name, text_0, text_1, text_2, created_at FROM contact WHERE id = '{id}'")).unwrap();
                let query = on_behalf_of_product(Purpose::Setup, query);
                for _ in 0..READS / 16 {
                    let page = Page { limit: 1, ..Page::default() };
                    assert_eq!(store.select(&ctx(), &schema, &query, &page).await.unwrap().rows().len(), 1);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    report("store: point reads, 16 callers", READS, start);
}

/// The same rows through the driver alone: one thread, a commit for every 64 rows, then one for every 10,000.
fn raw_sqlite(folder: &Path) {
    let conn = rusqlite::Connection::open(folder.join("raw.db")).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000",
    )
    .unwrap();
    for statement in guanxi_query::ddl::create_object(prepare().by_no(2).unwrap(), guanxi_query::Dialect::Sqlite) {
        conn.execute_batch(&statement).unwrap();
    }
    let mut statement = conn.prepare(&raw_insert()).unwrap();
    let mut next = 0;
    for (label, batch, batches) in [("raw: commits of 64 rows", 64, 200), ("raw: commits of 10,000 rows", 10_000, 10)] {
        let start = Instant::now();
        for _ in 0..batches {
            conn.execute_batch("BEGIN IMMEDIATE").unwrap();
            for _ in 0..batch {
                next += 1;
                statement.raw_bind_parameter(1, RecordId::new(next, 2).0).unwrap();
                statement.raw_bind_parameter(2, format!("联系人 {next}")).unwrap();
                for i in 0..10 {
                    statement.raw_bind_parameter(i + 3, format!("value {i} of {}", next % 1_000)).unwrap();
                }
                statement.raw_execute().unwrap();
            }
            conn.execute_batch("COMMIT").unwrap();
        }
        report(label, batch * batches, start);
    }
}

/// 64 callers, one thread that commits whatever waits: no log, no guard, no plan.
async fn raw_group_commit(folder: &Path) {
    type Row = (i64, Vec<String>, tokio::sync::oneshot::Sender<()>);
    let (queue, work) = std::sync::mpsc::channel::<Row>();
    let path = folder.join("raw.db");
    let thread = std::thread::spawn(move || {
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000").unwrap();
        let mut statement = conn.prepare(&raw_insert()).unwrap();
        while let Ok(first) = work.recv() {
            let batch: Vec<Row> = std::iter::once(first).chain(work.try_iter()).collect();
            conn.execute_batch("BEGIN IMMEDIATE").unwrap();
            for (id, texts, _) in &batch {
                statement.raw_bind_parameter(1, id).unwrap();
                for (i, text) in texts.iter().enumerate() {
                    statement.raw_bind_parameter(i + 2, text).unwrap();
                }
                statement.raw_execute().unwrap();
            }
            conn.execute_batch("COMMIT").unwrap();
            batch.into_iter().for_each(|(_, _, reply)| reply.send(()).unwrap());
        }
    });
    let start = Instant::now();
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for n in 0..SINGLES {
                    let id = 5_000_000 + caller * SINGLES + n;
                    let texts =
                        std::iter::once(format!("联系人 {id}")).chain((0..10).map(|i| format!("value {i} of {}", id % 1_000))).collect();
                    let (reply, answer) = tokio::sync::oneshot::channel();
                    queue.send((RecordId::new(id, 2).0, texts, reply)).unwrap();
                    answer.await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    report("raw: group commit, 64 callers", CALLERS * SINGLES, start);
    drop(queue);
    thread.join().unwrap();
}

fn raw_insert() -> String {
    let columns = "id, created_at, created_by_id, updated_at, updated_by_id, version, name, owner_id, text_0, text_1, text_2, text_3, text_4, text_5, \
                   text_6, text_7, text_8, text_9";
    format!("INSERT INTO contact ({columns}) VALUES (?1, 0, 1, 0, 1, 1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
}

fn report(what: &str, count: i64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:40} {:>9.0}/s", count as f64 / seconds);
}
