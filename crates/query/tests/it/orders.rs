//! Order, pages and cursors.

use guanxi_model::{Cell, Error};
use guanxi_query::tree::Query;
use guanxi_query::{Dialect, Page, PageRows, Plan, parse, plan};

use crate::sample::{BOTH, ctx, planned, refused, schema};

fn tail(text: &str, dialect: Dialect) -> String {
    let sql = planned(text, dialect).expect(text).sql.replace('"', "");
    sql[sql.find("ORDER BY").expect("an order")..].to_owned()
}

fn query(text: &str) -> Query {
    parse(text).expect(text)
}

fn page(query: &Query, limit: u32, cursor: Option<&str>, dialect: Dialect) -> Result<Plan, Error> {
    plan(&ctx(), &schema(), query, &Page { limit, cursor: cursor.map(str::to_owned), total: false }, dialect)
}

/// The condition that the second page has for its start, when the first ended with a row whose last cells are these, and its parameters.
fn start(text: &str, last: &[Cell], dialect: Dialect) -> (String, Vec<Cell>) {
    let query = query(text);
    let first = page(&query, 1, None, dialect).expect(text);
    let mut row = vec![Cell::Null; first.width - last.len()];
    row.extend_from_slice(last);
    let cells = [row.clone(), row].concat();
    let next = first.finish(cells, None).expect("rows").next.expect("a next page");
    let second = page(&query, 1, Some(&next), dialect).expect(text);
    let sql = second.sql.replace('"', "");
    let from = sql.find("deleted_at IS NULL AND ").map(|at| at + "deleted_at IS NULL AND ".len()).expect("a condition");
    (sql[from..sql.find(" ORDER BY").expect("an order")].to_owned(), second.params)
}

#[test]
fn the_id_is_the_last_key_in_the_direction_of_the_one_before() {
    for dialect in BOTH {
        assert_eq!(tail("SELECT name FROM account", dialect), "ORDER BY t0.id LIMIT 51");
        assert_eq!(tail("SELECT name FROM account ORDER BY created_at", dialect), "ORDER BY t0.created_at, t0.id LIMIT 51");
        assert_eq!(tail("SELECT name FROM account ORDER BY created_at DESC", dialect), "ORDER BY t0.created_at DESC, t0.id DESC LIMIT 51");
        assert_eq!(tail("SELECT name FROM account ORDER BY id DESC, name", dialect), "ORDER BY t0.id DESC LIMIT 51");
    }
}

#[test]
fn empty_values_come_first_or_last_on_both_engines_alike() {
    for (order, sqlite, postgres) in [
        ("name", "", " NULLS FIRST"),
        ("name NULLS FIRST", "", " NULLS FIRST"),
        ("name NULLS LAST", " NULLS LAST", ""),
        ("name DESC", " DESC", " DESC NULLS LAST"),
        ("name DESC NULLS LAST", " DESC", " DESC NULLS LAST"),
        ("name DESC NULLS FIRST", " DESC NULLS FIRST", " DESC"),
    ] {
        let text = format!("SELECT id FROM account ORDER BY {order}");
        let id = if order.contains("DESC") { "t0.id DESC" } else { "t0.id" };
        assert_eq!(tail(&text, Dialect::Sqlite), format!("ORDER BY t0.name{sqlite}, {id} LIMIT 51"));
        assert_eq!(tail(&text, Dialect::Postgres), format!("ORDER BY t0.name{postgres}, {id} LIMIT 51"));
    }
}

#[test]
fn pages_start_after_the_last_row() {
    let id = Cell::Int(7);
    for (order, last, wanted) in [
        ("id", vec![id.clone()], "t0.id > $1"),
        ("id DESC", vec![id.clone()], "t0.id < $1"),
        ("name", vec!["b".into(), id.clone()], "(t0.name, t0.id) > ($1, $2)"),
        ("seats", vec![Cell::Null, id.clone()], "((t0.seats IS NULL AND t0.id > $1) OR t0.seats IS NOT NULL)"),
        ("seats DESC", vec![Cell::Int(5), id.clone()], "(t0.seats < $1 OR t0.seats IS NULL OR (t0.seats = $1 AND t0.id < $2))"),
        ("name DESC", vec![Cell::Null, id.clone()], "(t0.name IS NULL AND t0.id < $1)"),
        ("name DESC NULLS FIRST", vec!["b".into(), id.clone()], "(t0.name, t0.id) < ($1, $2)"),
        ("created_at DESC", vec![Cell::Int(5), id.clone()], "(t0.created_at, t0.id) < ($1, $2)"),
        ("stage, name", vec!["a".into(), "b".into(), id.clone()], "(t0.stage, t0.name, t0.id) > ($1, $2, $3)"),
        (
            "stage, created_at DESC",
            vec!["a".into(), Cell::Int(5), id.clone()],
            "t0.stage >= $1 AND (t0.stage > $1 OR t0.created_at <= $2 AND (t0.created_at < $2 OR t0.id < $3))",
        ),
        (
            "stage, name",
            vec!["a".into(), Cell::Null, id.clone()],
            "t0.stage >= $1 AND (t0.stage > $1 OR ((t0.name IS NULL AND t0.id > $2) OR t0.name IS NOT NULL))",
        ),
        (
            "weight DESC, stage DESC",
            vec![Cell::Int(5), "a".into(), id.clone()],
            "(t0.weight < $1 OR t0.weight IS NULL OR (t0.weight = $1 AND (t0.stage < $2 OR t0.stage IS NULL OR (t0.stage = $2 AND t0.id < $3))))",
        ),
    ] {
        for dialect in BOTH {
            let (sql, params) = start(&format!("SELECT probability FROM opportunity ORDER BY {order}"), &last, dialect);
            assert_eq!(sql, wanted, "{order}");
            assert_eq!(params, last.iter().filter(|c| !c.is_null()).cloned().collect::<Vec<_>>(), "{order}");
        }
    }
}

/// Where an index holds the first key, a page that reaches from filled into empty values (or back) is read in two stretches of it.
#[test]
fn an_indexed_key_that_can_be_empty_is_read_in_two_halves() {
    let id = Cell::Int(7);
    let halves = |order: &str, last: &[Cell]| {
        let query = query(&format!("SELECT seats FROM opportunity WHERE closed = true ORDER BY {order}"));
        let first = page(&query, 1, None, Dialect::Sqlite).expect(order);
        let row = [&[Cell::Null][..], last].concat();
        let next = first.finish([row.clone(), row].concat(), None).expect("rows").next;
        page(&query, 1, next.as_deref(), Dialect::Sqlite).expect(order).sql.replace('"', "")
    };
    let from = "SELECT t0.seats, t0.name, t0.id FROM opportunity AS t0 WHERE t0.deleted_at IS NULL AND t0.closed = $1 AND";
    let order = "ORDER BY t0.name DESC, t0.id DESC LIMIT 2";
    assert_eq!(
        halves("name DESC", &["b".into(), id.clone()]),
        format!(
            "SELECT * FROM ({from} (t0.name, t0.id) < ($2, $3) {order}) AS near \
             UNION ALL SELECT * FROM ({from} t0.name IS NULL {order}) AS far ORDER BY 2 DESC, 3 DESC LIMIT 2"
        )
    );
    let order = "ORDER BY t0.name, t0.id LIMIT 2";
    assert_eq!(
        halves("name", &[Cell::Null, id.clone()]),
        format!(
            "SELECT * FROM ({from} t0.name IS NULL AND t0.id > $2 {order}) AS near \
             UNION ALL SELECT * FROM ({from} t0.name IS NOT NULL {order}) AS far ORDER BY 2, 3 LIMIT 2"
        )
    );
    let last = halves("name DESC", &[Cell::Null, id]);
    assert!(last.contains("AND (t0.name IS NULL AND t0.id < $2) ORDER BY"), "after the filled ones there is one stretch: {last}");
}

#[test]
fn the_limit_of_the_text_counts_over_all_pages() {
    let query = query("SELECT id FROM account LIMIT 5");
    let rows = |n: usize| (1..=n).map(|i| Cell::Int(i as i64)).collect::<Vec<_>>();
    let first = page(&query, 2, None, Dialect::Sqlite).expect("page 1");
    assert!(first.sql.ends_with("LIMIT 3") && first.page == Some(2));
    let next = first.finish(rows(3), None).expect("rows").next.expect("page 2");
    let second = page(&query, 2, Some(&next), Dialect::Sqlite).expect("page 2");
    let next = second.finish(rows(3), None).expect("rows").next.expect("page 3");
    let third = page(&query, 2, Some(&next), Dialect::Sqlite).expect("page 3");
    assert!(third.sql.ends_with("LIMIT 1"), "{}", third.sql);
    assert_eq!(third.finish(rows(1), None).expect("rows").next, None);
    let none = page(&self::query("SELECT id FROM account LIMIT 0"), 2, None, Dialect::Sqlite).expect("no rows");
    assert!(none.sql.ends_with("LIMIT 0"));
    assert_eq!(
        none.finish(Vec::new(), Some(0)).expect("rows"),
        PageRows { width: 1, outputs: none_outputs().into(), total: Some(0), ..PageRows::default() }
    );
    let counted = plan(&ctx(), &schema(), &query, &Page { limit: 2, cursor: None, total: true }, Dialect::Sqlite).expect("a plan");
    assert_eq!(
        counted.count.expect("a total").0,
        "SELECT COUNT(*) FROM (SELECT 1 FROM \"account\" AS t0 WHERE t0.\"deleted_at\" IS NULL LIMIT 5) AS capped"
    );
}

fn none_outputs() -> Vec<guanxi_query::Output> {
    planned("SELECT id FROM account", Dialect::Sqlite).expect("a plan").outputs
}

#[test]
fn a_cursor_belongs_to_its_query() {
    let by_name = query("SELECT id FROM account WHERE active = true ORDER BY name");
    let first = page(&by_name, 1, None, Dialect::Sqlite).expect("page 1");
    let row: [Cell; 2] = [Cell::Int(7), "网".into()];
    let next = first.finish([row.clone(), row].concat(), None).expect("rows").next.expect("page 2");
    assert!(next.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "fit for an address: {next}");
    assert!(page(&query("SELECT name, owner_id FROM account WHERE active = true ORDER BY name"), 9, Some(&next), Dialect::Sqlite).is_ok());
    for other in [
        "SELECT id FROM account WHERE active = true ORDER BY name DESC",
        "SELECT id FROM account WHERE active = false ORDER BY name",
        "SELECT id FROM account WHERE active = true",
        "SELECT id FROM opportunity WHERE closed = true ORDER BY name",
    ] {
        assert_eq!(page(&query(other), 1, Some(&next), Dialect::Sqlite).expect_err(other).code, "bad_cursor");
    }
    let mut bin = by_name.clone();
    bin.deleted = true;
    assert_eq!(page(&bin, 1, Some(&next), Dialect::Sqlite).expect_err("the bin").code, "bad_cursor");
    for text in ["", "x", "网", "e30", "W10", "bnVsbA", &next[1..], &"A".repeat(300_000)] {
        assert_eq!(page(&by_name, 1, Some(text), Dialect::Sqlite).expect_err(text).code, "bad_cursor");
    }
}

#[test]
fn a_forged_cursor_of_other_types_is_refused() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let by_name = query("SELECT id FROM account ORDER BY name");
    let first = page(&by_name, 1, None, Dialect::Sqlite).expect("page 1");
    let row: [Cell; 2] = [Cell::Int(7), "b".into()];
    let next = first.finish([row.clone(), row].concat(), None).expect("rows").next.expect("page 2");
    let honest = String::from_utf8(engine.decode(&next).expect("base64")).expect("text");
    for (from, to) in [
        ("[\"b\",7]", "[5,7]"),
        ("[\"b\",7]", "[\"b\",null]"),
        ("[\"b\",7]", "[\"b\\u0000\",7]"),
        ("[\"b\",7]", "[\"b\"]"),
        ("null}", "-1}"),
        ("null}", "\"a\"}"),
    ] {
        let forged = honest.replace(from, to);
        assert!(forged != honest || from == "null}", "{honest}");
        if forged != honest {
            let error = page(&by_name, 1, Some(&engine.encode(&forged)), Dialect::Sqlite).expect_err(to);
            assert_eq!(error.code, "bad_cursor");
        }
    }
}

#[test]
fn long_and_compound_values_give_no_order() {
    for text in [
        "SELECT id FROM opportunity ORDER BY notes",
        "SELECT address, COUNT(id) FROM account GROUP BY address",
        "SELECT id FROM x_everything ORDER BY json",
    ] {
        assert_eq!(refused(text).code, "not_sortable", "{text}");
    }
}
