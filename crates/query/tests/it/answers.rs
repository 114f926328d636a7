//! Rows as JSON.

use guanxi_model::{Cell, RecordId};
use guanxi_query::{Dialect, Output};

use crate::sample::{planned, schema};

/// The JSON of one row with the cells that `value` gives for each column of the statement, by its SQL.
fn row(text: &str, value: impl Fn(&str) -> Cell) -> String {
    let plan = planned(text, Dialect::Sqlite).expect(text);
    let columns = plan.sql["SELECT ".len()..plan.sql.find(" FROM").expect("a table")].replace('"', "");
    let cells: Vec<Cell> =
        columns.replace("COALESCE(t1.id, t2.id)", "ids").replace("COALESCE(t1.name, t2.name)", "names").split(", ").map(value).collect();
    assert_eq!(cells.len(), plan.width);
    let rows = plan.finish(cells.clone(), None).expect("rows");
    let mut out = Vec::new();
    rows.write_row(&mut out, &schema(), &cells);
    String::from_utf8(out).expect("text")
}

#[test]
fn members_of_one_parent_stand_together() {
    let text = "SELECT account.name, name, account.owner.name, account.name, account.industry, stage, account.owner.email FROM opportunity";
    let filled = row(text, |column| if column.ends_with(".id") { Cell::Int(1) } else { column.into() });
    assert_eq!(
        filled,
        r#"{"account":{"name":"t1.name","owner":{"name":"t2.name","email":"t2.email"},"industry":"t1.industry"},"name":"t0.name","stage":"t0.stage"}"#
    );
}

#[test]
fn a_parent_that_is_not_there_is_null() {
    let text = "SELECT name, account.name, account.owner.name, account.industry, owner.name, stage FROM opportunity";
    let present = |missing: &'static str| {
        move |column: &str| match column {
            c if c == missing => Cell::Null,
            c if c.ends_with(".id") => Cell::Int(1),
            c => c.into(),
        }
    };
    assert_eq!(row(text, present("t1.id")), r#"{"name":"t0.name","account":null,"owner":{"name":"t3.name"},"stage":"t0.stage"}"#);
    assert_eq!(
        row(text, present("t2.id")),
        r#"{"name":"t0.name","account":{"name":"t1.name","owner":null,"industry":"t1.industry"},"owner":{"name":"t3.name"},"stage":"t0.stage"}"#
    );
    assert_eq!(row("SELECT account.owner.name FROM opportunity", present("t2.id")), r#"{"account":{"owner":null}}"#);
    assert_eq!(row("SELECT account.name FROM opportunity", present("t1.id")), r#"{"account":null}"#);
    assert_eq!(
        row("SELECT account.name FROM opportunity", |c| if c == "t1.name" { Cell::Null } else { Cell::Int(1) }),
        r#"{"account":{"name":null}}"#
    );
}

#[test]
fn ids_parts_and_compound_values() {
    let account = RecordId::new(9, 3);
    let text = "SELECT id, account_id, account.id, amount.currency, account.address.city FROM opportunity";
    let filled = row(text, |column| match column {
        "t0.id" => RecordId::new(5, 4).0.into(),
        c if c.contains("account_id") || c == "t1.id" => account.0.into(),
        c => c.into(),
    });
    let (own, account) = (schema().id_text(RecordId::new(5, 4)), schema().id_text(account));
    assert_eq!(
        filled,
        format!(
            r#"{{"id":"{own}","account_id":"{account}","account":{{"id":"{account}","address":{{"city":"t1.address_city"}}}},"amount":{{"currency":"t0.amount_currency"}}}}"#
        )
    );
    let whole = row("SELECT amount, amount.currency FROM opportunity", |c| if c == "t0.amount" { 150.into() } else { "CNY".into() });
    assert_eq!(whole, r#"{"amount":{"amount":"1.50","currency":"CNY"}}"#, "a part is not printed beside the whole");
}

#[test]
fn references_to_several_objects_show_id_and_name() {
    let text = "SELECT subject, related_to.name, related_to.id FROM task";
    let opportunity = RecordId::new(5, 4);
    let filled = row(text, |c| match c {
        "ids" | "t0.id" => opportunity.0.into(),
        c => c.into(),
    });
    let id = schema().id_text(opportunity);
    assert_eq!(filled, format!(r#"{{"subject":"t0.subject","related_to":{{"name":"names","id":"{id}"}}}}"#));
    assert!(row(text, |c| if c == "ids" { Cell::Null } else { 1.into() }).ends_with(r#""related_to":null}"#));
}

#[test]
fn outputs_name_their_cells() {
    let plan = planned("SELECT account.phone, amount, name FROM opportunity", Dialect::Sqlite).expect("a plan");
    let shape: Vec<(String, usize, Vec<Option<usize>>)> =
        plan.outputs.iter().map(|o: &Output| (o.path.join("."), o.cells, o.parents.clone())).collect();
    assert_eq!(shape, [("account.phone".into(), 2, vec![Some(5)]), ("amount".into(), 2, vec![]), ("name".into(), 1, vec![])]);
    assert_eq!(plan.width, 7, "the parent's id and the record's id are hidden behind");
}
