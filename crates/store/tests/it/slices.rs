//! Changes of large tables while others write: on SQLite they are made in slices, with b-trees that change hands, so that the file is
//! checked after every step, by connections that were open before, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guanxi_model::change::Op;
use guanxi_model::{Cell, Object, RecordId, Schema};
use guanxi_store::{MetaRow, SchemaStep, Store, WriteError};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::{ACCOUNT, NOW, Place, World, account, authorized, both, change, create, field, named, set_at};

both!(large_tables_change_under_writers, equal_values_are_found_in_slices, a_change_that_was_cut_off_leaves_nothing);

/// More than what is changed at once.
const RECORDS: i64 = 12_000;

/// Accounts with names in no order, the last two with an equal one.
async fn fill(w: &World) {
    for from in (1..=RECORDS).step_by(2_000) {
        let names = (from..from + 2_000).map(|n| named(account(n), &format!("n{:05}", (n.min(RECORDS - 1) * 7_919) % 100_003)));
        w.write(w.set(from, names.collect())).await.unwrap();
    }
}

/// A connection of another program; `None` on PostgreSQL.
fn other(w: &World) -> Option<Connection> {
    match &w.place {
        Place::Folder(path) => Some(Connection::open(path.join("org.db")).unwrap()),
        Place::Schema(..) => None,
    }
}

fn check(conn: Option<&Connection>) {
    let Some(conn) = conn else { return };
    let all = |sql: &str| -> Vec<String> {
        conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(all("PRAGMA integrity_check"), ["ok"]);
    assert_eq!(all("SELECT name FROM sqlite_schema WHERE name GLOB 'sys_side_*' OR tbl_name GLOB 'sys_side_*'"), [""; 0]);
}

/// Asserts that a condition is looked up in an index.
fn served(conn: Option<&Connection>, condition: &str, index: &str) {
    let Some(conn) = conn else { return };
    let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM account WHERE deleted_at IS NULL AND {condition}");
    let plan: String = conn.query_row(&sql, [], |row| row.get(3)).unwrap();
    assert!(plan.contains(index), "{condition}: {plan}");
}

/// The account object with other fields and indexes.
fn wider(schema: &Schema, name: &Value, more: Vec<Value>, indexes: &Value) -> (Arc<Schema>, Arc<Object>) {
    let old = schema.by_no(ACCOUNT).unwrap();
    let mut def = serde_json::to_value(&old.def).unwrap();
    def["fields"][0] = name.clone();
    def["fields"].as_array_mut().unwrap().extend(more);
    def["indexes"] = indexes.clone();
    let mut schema = schema.clone();
    schema.put_object(Object::new(ACCOUNT, "001".into(), serde_json::from_value(def).unwrap()));
    let object = Arc::clone(schema.by_no(ACCOUNT).unwrap());
    (Arc::new(schema), object)
}

fn meta() -> [MetaRow; 1] {
    [MetaRow { kind: "object".into(), name: "account".into(), body: Some("{}".into()) }]
}

/// Creates, changes, bins, restores and purges records until it is told to stop; gives how many sets it wrote.
async fn busy(store: Store, schema: Arc<Schema>, base: i64, stop: Arc<AtomicBool>) -> i64 {
    let mut n = base;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let old = account(1 + n % 9_000);
        let write = async |changes| store.write(&schema, authorized(set_at(NOW, n, changes))).await;
        write(vec![named(account(n), &format!("m{n}"))]).await.unwrap();
        write(vec![change(Op::Update, account(n), 1, vec![("name", format!("k{n}").into())])]).await.unwrap();
        // A record that many slices have seen or will see; its version is only known by trying.
        for version in 1..60 {
            let values = vec![("name", format!("o{n}").into())];
            match write(vec![change(Op::Update, old, version, values)]).await {
                Err(WriteError::Version { .. }) => {}
                other => {
                    other.unwrap();
                    break;
                }
            }
        }
        write(vec![change(Op::Delete, account(n), 2, vec![])]).await.unwrap();
        match n % 3 {
            0 => drop(write(vec![change(Op::Restore, account(n), 3, vec![])]).await.unwrap()),
            1 => drop(write(vec![change(Op::Purge, account(n), 3, vec![])]).await.unwrap()),
            _ => {}
        }
    }
    n - base
}

async fn under_writers(w: &World, schema: &Arc<Schema>, base: i64, steps: &[SchemaStep]) -> Result<i64, guanxi_model::Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn(busy(w.store.clone(), Arc::clone(schema), base, Arc::clone(&stop)));
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let done = w.store.apply_schema(&w.ctx(), steps, &meta()).await;
    stop.store(true, Ordering::Relaxed);
    assert!(writer.await.unwrap() > 0);
    done
}

async fn large_tables_change_under_writers(mut w: World) {
    fill(&w).await;
    w.write(w.set(1, vec![change(Op::Update, account(RECORDS), 1, vec![("name", "other".into())])])).await.unwrap();
    let before = other(&w);
    check(before.as_ref());
    let more = vec![
        field("x_code", "text", json!({ "unique": true })),
        field("x_partner_id", "lookup", json!({ "to": ["account"] })),
        field("x_note", "text", json!({ "indexed": true })),
        field("x_vip", "boolean", json!({ "indexed": true })),
        field("x_at", "address", json!({})),
    ];
    let plain = field("name", "text", json!({}));
    let (schema, object) = wider(&w.schema, &plain, more.clone(), &json!([["x_note", "name"], ["x_vip", "x_code"]]));
    let names = ["x_code", "x_partner_id", "x_note", "x_vip", "x_at"];
    let add = names.iter().map(|n| SchemaStep::AddColumns(Arc::clone(&object), (*n).into()));
    let index = names.iter().map(|n| SchemaStep::CreateIndexes(Arc::clone(&object), (*n).into()));
    let old = Arc::clone(&w.schema);
    under_writers(&w, &old, 100_000, &add.chain(index).collect::<Vec<_>>()).await.unwrap();
    check(before.as_ref());
    served(before.as_ref(), "x_code = 'A'", "ux_account_x_code");
    served(before.as_ref(), "x_partner_id = 1", "ix_account_x_partner_id");
    served(before.as_ref(), "x_note = 'a' AND name > 'b'", "ix_account_x_note_name");
    served(before.as_ref(), "x_vip = 1", "ix_account_x_vip_x_code");

    let values = |code: &str| vec![("x_code", code.into()), ("x_vip", true.into()), ("x_note", "n".into())];
    let write = async |id, changes| w.store.write(&schema, authorized(w.set(id, changes))).await;
    write(2, vec![create(account(20_001), values("A")), create(account(20_002), values("B"))]).await.unwrap();
    assert!(
        matches!(write(3, vec![create(account(20_003), values("A"))]).await, Err(WriteError::Duplicate { column, .. }) if column == "x_code")
    );
    write(4, vec![change(Op::Update, account(20_001), 1, values("C")), create(account(20_003), values("A"))]).await.unwrap();
    write(5, vec![change(Op::Delete, account(20_003), 1, vec![]), create(account(20_004), values("A"))]).await.unwrap();
    check(before.as_ref());

    let (_, other_indexes) = wider(&w.schema, &plain, more.clone(), &json!([["x_note", "name"], ["founded", "name"]]));
    let steps = [SchemaStep::ChangeIndexes(Arc::clone(&object), other_indexes)];
    under_writers(&w, &schema, 190_000, &steps).await.unwrap();
    check(before.as_ref());
    served(before.as_ref(), "founded = 1 AND name = 'a'", "ix_account_founded_name");
    served(before.as_ref(), "x_vip = 1", "ix_account_x_vip_");

    for (n, rule) in [json!({ "unique": true }), json!({ "indexed": true }), json!({})].into_iter().enumerate() {
        let (_, object) = wider(&w.schema, &field("name", "text", rule), more.clone(), &json!([["x_note", "name"]]));
        let steps = [SchemaStep::DropIndexes(Arc::clone(&object), "name".into()), SchemaStep::CreateIndexes(object, "name".into())];
        under_writers(&w, &schema, 200_000 + 10_000 * n as i64, &steps).await.unwrap();
        check(before.as_ref());
        if n == 0 {
            served(before.as_ref(), "name = 'A'", "ux_account_name");
            let (one, two) = (named(account(20_011), "same"), named(account(20_012), "same"));
            assert!(matches!(w.store.write(&schema, authorized(w.set(6, vec![one, two]))).await, Err(WriteError::Duplicate { .. })));
        }
    }
    w.reopen().await;
    check(before.as_ref());
    w.store.write(&schema, authorized(w.set(7, vec![create(account(20_013), values("D"))]))).await.unwrap();
    w.store.apply_schema(&w.ctx(), &[SchemaStep::DropTable("account".into())], &meta()).await.unwrap();
    check(before.as_ref());
    w.store.apply_schema(&w.ctx(), &[SchemaStep::CreateTable(Arc::clone(&object))], &meta()).await.unwrap();
    w.store.write(&schema, authorized(w.set(8, vec![create(account(20_014), values("D"))]))).await.unwrap();
    check(other(&w).as_ref());
}

fn unique_name(w: &World) -> [SchemaStep; 1] {
    let (_, object) = wider(&w.schema, &field("name", "text", json!({ "unique": true })), vec![], &json!([]));
    [SchemaStep::CreateIndexes(object, "name".into())]
}

async fn equal_values_are_found_in_slices(w: World) {
    fill(&w).await;
    let steps = unique_name(&w);
    for _ in 0..2 {
        assert_eq!(w.store.apply_schema(&w.ctx(), &steps, &meta()).await.unwrap_err().code, "not_unique");
        check(other(&w).as_ref());
    }
    w.write(w.set(1, vec![named(account(30_000), "n00000"), named(account(30_001), "n00000")])).await.unwrap();
}

async fn a_change_that_was_cut_off_leaves_nothing(mut w: World) {
    fill(&w).await;
    w.write(w.set(1, vec![change(Op::Update, account(RECORDS), 1, vec![("name", "other".into())])])).await.unwrap();
    for round in 0..4 {
        let (store, ctx, steps) = (w.store.clone(), w.ctx(), unique_name(&w));
        let task = tokio::spawn(async move { store.apply_schema(&ctx, &steps, &meta()).await });
        tokio::time::sleep(std::time::Duration::from_millis(3 + 4 * round)).await;
        task.abort();
        let _ = task.await;
        if round % 2 == 0 {
            w.reopen().await;
            check(other(&w).as_ref());
        }
        let id = RecordId::new(40_000 + round as i64, ACCOUNT);
        w.write(w.set(10 + round as i64, vec![create(id, vec![("name", Cell::from(format!("z{round}")))])])).await.unwrap();
    }
    w.store.apply_schema(&w.ctx(), &unique_name(&w), &meta()).await.unwrap();
    check(other(&w).as_ref());
}
