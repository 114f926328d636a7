//! Groups, sums and means.

use guanxi_model::{Cell, Error, Schema};
use guanxi_query::{Dialect, Page, parse, plan};
use serde_json::{Value, json};

use crate::sample::{BOTH, ctx, planned, refused, schema, two_currencies};

fn sql(text: &str, schema: &Schema, dialect: Dialect) -> String {
    let sql = plan(&ctx(), schema, &parse(text).expect(text), &Page::default(), dialect).expect(text).sql.replace('"', "");
    sql.replace(" FROM opportunity AS t0 WHERE t0.deleted_at IS NULL", " …")
}

/// The answer to a text if the statement gives these cells.
fn answer(text: &str, schema: &Schema, cells: Vec<Cell>) -> Result<Value, Error> {
    let plan = plan(&ctx(), schema, &parse(text)?, &Page::default(), Dialect::Sqlite)?;
    let rows = plan.finish(cells, None)?;
    let mut records = Vec::new();
    for row in rows.rows() {
        let mut out = Vec::new();
        rows.write_row(&mut out, schema, row);
        records.push(serde_json::from_slice(&out).expect("JSON"));
    }
    Ok(Value::Array(records))
}

#[test]
fn groups_are_ordered_and_limited() {
    let text = "SELECT stage, COUNT(id) n, SUM(seats) total FROM opportunity GROUP BY stage ORDER BY total DESC";
    let body = "SELECT t0.stage, COUNT(*), SUM(t0.seats) … GROUP BY t0.stage ORDER BY SUM(t0.seats) DESC, t0.stage LIMIT 2001";
    assert_eq!(sql(text, &schema(), Dialect::Sqlite), body);
    let body = "SELECT t0.stage, COUNT(*), SUM(t0.seats)::bigint … GROUP BY t0.stage ORDER BY SUM(t0.seats)::bigint DESC NULLS LAST, t0.stage NULLS FIRST LIMIT 2001";
    assert_eq!(sql(text, &schema(), Dialect::Postgres), body);
    assert_eq!(sql("SELECT COUNT() FROM opportunity", &schema(), Dialect::Postgres), "SELECT COUNT(*) … LIMIT 2001");
    assert_eq!(
        sql(
            "SELECT COUNT(stage), COUNT_DISTINCT(owner_id), MIN(close_date), MAX(name) FROM opportunity LIMIT 3",
            &schema(),
            Dialect::Sqlite
        ),
        "SELECT COUNT(t0.stage), COUNT(DISTINCT t0.owner_id), MIN(t0.close_date), MAX(t0.name) … LIMIT 3"
    );
    assert_eq!(
        sql("SELECT account.name FROM opportunity GROUP BY account.name", &schema(), Dialect::Sqlite),
        "SELECT t1.name FROM opportunity AS t0 LEFT JOIN account AS t1 ON t1.id = t0.account_id AND t1.deleted_at IS NULL \
         WHERE t0.deleted_at IS NULL GROUP BY t1.name ORDER BY t1.name LIMIT 2001"
    );
}

#[test]
fn answers_have_the_form_of_their_fields() {
    let text = "SELECT stage, account.name, COUNT(id), SUM(amount) total, AVG(amount), MAX(close_date) latest, SUM(probability) p FROM opportunity GROUP BY stage, account.name";
    let cells = vec![
        "won".into(),
        Cell::Null,
        Cell::Int(3),
        Cell::Int(100_001),
        Cell::Int(100_001),
        Cell::Int(2),
        Cell::Int(20_778),
        Cell::Int(1_250),
    ];
    assert_eq!(
        answer(text, &schema(), cells).expect("an answer"),
        json!([{"stage": "won", "account": {"name": null}, "expr0": 3, "total": {"amount": "1000.01", "currency": "CNY"},
                "expr1": {"amount": "500.00", "currency": "CNY"}, "latest": "2026-11-21", "p": "12.50"}])
    );
    let none = answer(
        "SELECT COUNT(id), SUM(amount) s, AVG(seats) a FROM opportunity",
        &schema(),
        vec![0.into(), Cell::Null, Cell::Null, 0.into()],
    );
    assert_eq!(none.expect("an answer"), json!([{"expr0": 0, "s": null, "a": null}]));
}

#[test]
fn means_are_exact_and_round_halves_to_the_even_digit() {
    for (sum, count, mean) in [
        (10, 4, "2.50"),
        (1, 3, "0.33"),
        (2, 3, "0.67"),
        (1, 200, "0.00"),
        (3, 200, "0.02"),
        (-1, 200, "0.00"),
        (-3, 200, "-0.02"),
        (-1, 3, "-0.33"),
    ] {
        let found = answer("SELECT AVG(seats) a FROM opportunity", &schema(), vec![Cell::Int(sum), Cell::Int(count)]);
        assert_eq!(found.expect("an answer"), json!([{"a": mean}]), "{sum}/{count}");
    }
    let weight = answer("SELECT AVG(weight) a FROM opportunity", &schema(), vec![Cell::Int(5), Cell::Int(2)]);
    assert_eq!(weight.expect("an answer"), json!([{"a": "0.002"}]));
    let large = answer("SELECT AVG(seats) a FROM opportunity", &schema(), vec![Cell::Int(i64::MAX / 50), Cell::Int(1)]);
    assert_eq!(large.expect_err("too large for two more digits").code, "internal");
}

#[test]
fn currencies_are_not_mixed() {
    let text = "SELECT SUM(amount) total, AVG(amount) mean FROM opportunity";
    let columns = "SELECT SUM(t0.amount), MIN(t0.amount_currency), MAX(t0.amount_currency), SUM(t0.amount), COUNT(t0.amount), \
                   MIN(t0.amount_currency), MAX(t0.amount_currency) … LIMIT 2001";
    assert_eq!(sql(text, &two_currencies(), Dialect::Sqlite), columns);
    let cells = |a: &str, b: &str| vec![300.into(), a.into(), b.into(), 300.into(), 2.into(), a.into(), b.into()];
    assert_eq!(
        answer(text, &two_currencies(), cells("USD", "USD")).expect("one currency"),
        json!([{"total": {"amount": "3.00", "currency": "USD"}, "mean": {"amount": "1.50", "currency": "USD"}}])
    );
    let error = answer(text, &two_currencies(), cells("CNY", "USD")).expect_err("two currencies");
    assert_eq!(error.code, "mixed_currencies");
    assert!(error.message.en.contains("amount.currency"), "{error}");
    let grouped = "SELECT amount.currency, SUM(amount) total FROM opportunity GROUP BY amount.currency";
    let cells = vec!["CNY".into(), 100.into(), "CNY".into(), "CNY".into(), "JPY".into(), 100.into(), "JPY".into(), "JPY".into()];
    assert_eq!(
        answer(grouped, &two_currencies(), cells).expect("by currency"),
        json!([{"amount": {"currency": "CNY"}, "total": {"amount": "1.00", "currency": "CNY"}},
               {"amount": {"currency": "JPY"}, "total": {"amount": "100", "currency": "JPY"}}])
    );
}

#[test]
fn too_many_groups_are_an_error() {
    let plan = planned("SELECT name, COUNT(id) FROM account GROUP BY name", Dialect::Sqlite).expect("a plan");
    let cells = (0..2_001).flat_map(|i| [Cell::Text(i.to_string()), Cell::Int(1)]).collect();
    assert_eq!(plan.finish(cells, None).expect_err("too many").code, "too_many_groups");
}

#[test]
fn what_cannot_be_aggregated_is_refused() {
    for (text, code) in [
        ("SELECT name, COUNT(id) FROM opportunity", "not_grouped"),
        ("SELECT stage, COUNT(id) FROM opportunity GROUP BY stage ORDER BY name", "not_grouped"),
        ("SELECT SUM(name) FROM opportunity", "bad_aggregate"),
        ("SELECT AVG(close_date) FROM opportunity", "bad_aggregate"),
        ("SELECT MIN(closed) FROM opportunity", "bad_aggregate"),
        ("SELECT COUNT(address) FROM account", "bad_aggregate"),
        ("SELECT COUNT_DISTINCT(notes) FROM opportunity", "bad_aggregate"),
        ("SELECT COUNT(id) n, SUM(seats) n FROM opportunity", "duplicate_name"),
        ("SELECT stage, COUNT(id) stage FROM opportunity GROUP BY stage", "duplicate_name"),
        ("SELECT COUNT(nothing) FROM opportunity", "unknown_field"),
    ] {
        assert_eq!(refused(text).code, code, "{text}");
    }
}

#[test]
fn scopes_hold_for_aggregates_too() {
    let mut query = parse("SELECT account.industry, COUNT(id) n FROM opportunity GROUP BY account.industry").expect("a query");
    query.scopes.insert(4, guanxi_query::tree::Expr::Never);
    query.scopes.insert(3, guanxi_query::tree::Expr::Never);
    for dialect in BOTH {
        let plan = plan(&ctx(), &schema(), &query, &Page::default(), dialect).expect("a plan");
        assert!(plan.sql.contains("t1.\"deleted_at\" IS NULL AND FALSE WHERE t0.\"deleted_at\" IS NULL AND FALSE"), "{}", plan.sql);
    }
}
