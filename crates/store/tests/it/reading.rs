//! Queries: every kind of value comes back as it went in, pages, totals, the recycle bin, and what a reader sees while others write.

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::Cell;
use guanxi_model::change::Op;
use guanxi_query::{Page, PageRows, Query, parse};
use guanxi_store::Store;
use serde_json::{Value, json};

use crate::world::{NOW, World, account, all, authorized, both, change, contact, create, named};

both!(values_round_trip, pages_and_totals, aggregates, the_recycle_bin_is_apart, sets_are_seen_whole);

async fn select(w: &World, query: Query, page: &Page) -> PageRows {
    let authorized = on_behalf_of_product(Purpose::Setup, query);
    w.store.select(&w.ctx(), &w.schema, &authorized, page).await.unwrap()
}

fn page(limit: u32) -> Page {
    Page { limit, ..Page::default() }
}

pub(crate) async fn records(w: &World, text: &str) -> Vec<Value> {
    let rows = select(w, parse(text).unwrap(), &page(1_000)).await;
    let json = |row: &[Cell]| {
        let mut out = Vec::new();
        rows.write_row(&mut out, &w.schema, row);
        serde_json::from_slice(&out).unwrap()
    };
    rows.rows().map(json).collect()
}

async fn values_round_trip(w: World) {
    let values = vec![
        ("name", "华星“科技”\n𠮷".into()),
        ("code", "A-1".into()),
        ("active", true.into()),
        ("amount", Cell::Int(-9_007_199_254_740_993)),
        ("amount_currency", "CNY".into()),
        ("founded", Cell::Int(-25_567)),
        ("seen", Cell::Int(-1)),
        ("extra", r#"{"a": [1, "二"]}"#.into()),
    ];
    w.write(w.set(1, vec![create(account(1), values), named(account(2), "")])).await.unwrap();
    w.write(w.set(2, vec![create(contact(1), vec![("name", "c".into()), ("account_id", account(1).0.into())])])).await.unwrap();
    let found =
        records(&w, "SELECT name, code, active, amount, founded, seen, extra, created_at, version FROM account ORDER BY name DESC").await;
    let expected = json!({
        "name": "华星“科技”\n𠮷", "code": "A-1", "active": true, "amount": {"amount": "-90071992547409.93", "currency": "CNY"},
        "founded": "1900-01-01", "seen": "1969-12-31T23:59:59.999999Z", "extra": {"a": [1, "二"]},
        "created_at": "2026-11-21T00:00:00.000000Z", "version": 1,
    });
    assert_eq!(found[0], expected);
    assert_eq!((&found[1]["active"], &found[1]["code"], &found[1]["amount"]), (&json!(false), &Value::Null, &Value::Null));
    let found = records(&w, "SELECT name, account.name, account.founded FROM contact").await;
    assert_eq!(found[0]["account"]["name"], expected["name"]);
    let conditions = [
        "founded = 1900-01-01",
        "seen < 1970-01-01T00:00:00Z",
        "active = true",
        "amount < 0",
        "code IN ('A-1', 'x')",
        "name LIKE '%科技%'",
        "created_at >= TODAY",
    ];
    for condition in conditions {
        let found = records(&w, &format!("SELECT code FROM account WHERE {condition}")).await;
        assert_eq!(found.iter().filter(|r| r["code"] == "A-1").count(), 1, "{condition}: {found:?}");
    }
}

async fn pages_and_totals(w: World) {
    let changes = (1..=105).map(|n| create(account(n), vec![("name", format!("n{}", n % 7).into())])).collect();
    w.write(w.set(1, changes)).await.unwrap();
    let query = || parse("SELECT id, name FROM account ORDER BY name").unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let rows = select(&w, query(), &Page { limit: 10, cursor, total: true }).await;
        assert_eq!(rows.total, Some(105));
        seen.extend(rows.rows().map(|r| r[0].as_int().unwrap()).collect::<Vec<_>>());
        cursor = rows.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 105);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 105);
    assert!(select(&w, parse("SELECT id FROM account WHERE name = 'x'").unwrap(), &page(5)).await.cells.is_empty());
}

async fn aggregates(w: World) {
    let amount = |n: i64, a: i64| create(account(n), vec![("name", "a".into()), ("amount", a.into()), ("amount_currency", "CNY".into())]);
    w.write(w.set(1, vec![amount(1, 100), amount(2, 250), named(account(3), "b")])).await.unwrap();
    let found = records(
        &w,
        "SELECT name, COUNT(id) n, SUM(amount) total, AVG(amount) mean, MAX(created_at) latest FROM account GROUP BY name ORDER BY name",
    )
    .await;
    assert_eq!((&found[0]["n"], &found[0]["total"]["amount"]), (&json!(2), &json!("3.50")), "{found:?}");
    assert_eq!(found[1]["total"], Value::Null);
    let found = records(&w, "SELECT name, AVG(amount) mean FROM account GROUP BY name ORDER BY AVG(amount) DESC").await;
    assert_eq!(found.len(), 2);
}

async fn the_recycle_bin_is_apart(w: World) {
    w.write(w.set(1, vec![named(account(1), "a"), named(account(2), "b")])).await.unwrap();
    w.clock.advance(7);
    w.write(w.set(2, vec![change(Op::Delete, account(2), 1, vec![])])).await.unwrap();
    assert_eq!(records(&w, "SELECT name FROM account").await, [json!({"name": "a"})]);
    let deleted = Query { deleted: true, ..parse("SELECT id, version, deleted_at FROM account").unwrap_or_else(|e| panic!("{e}")) };
    let authorized_query = on_behalf_of_product(Purpose::Consistency, deleted);
    match w.store.select(&w.ctx(), &w.schema, &authorized_query, &page(5)).await {
        Ok(rows) => assert_eq!(rows.rows().next().unwrap(), [account(2).0.into(), Cell::Int(2), Cell::Int(NOW + 7)]),
        // The recycle bin's own columns may not be fields.
        Err(error) => assert_eq!(error.code, "unknown_field"),
    }
}

/// Pairs of records with the same value are never seen half.
async fn sets_are_seen_whole(w: World) {
    w.write(w.set(1, vec![named(account(1), "v0"), named(account(2), "v0")])).await.unwrap();
    let writer = {
        let (store, schema) = (w.store.clone(), w.schema.clone());
        let sets: Vec<_> = (1..=100)
            .map(|n| {
                let to = |a: i64| change(Op::Update, account(a), n, vec![("name", format!("v{n}").into())]);
                w.set(n + 1, vec![to(1), to(2)])
            })
            .collect();
        tokio::spawn(async move {
            for set in sets {
                store.write(&schema, authorized(set)).await.unwrap();
            }
        })
    };
    let reader = |store: Store, schema, ctx| async move {
        loop {
            let query = on_behalf_of_product(Purpose::Setup, parse("SELECT name FROM account ORDER BY id").unwrap());
            let rows = store.select(&ctx, &schema, &query, &page(5)).await.unwrap();
            assert_eq!(rows.cells[0], rows.cells[rows.width], "{:?}", rows.cells);
            if rows.cells[0].as_text() == Some("v100") {
                return;
            }
        }
    };
    let schema = guanxi_model::Schema::clone(&w.schema);
    all((0..3).map(|_| reader(w.store.clone(), schema.clone(), w.ctx()))).await;
    writer.await.unwrap();
}
