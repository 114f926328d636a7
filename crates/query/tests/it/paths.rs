//! Paths against the schema.

use guanxi_query::parse;
use guanxi_query::resolve::{paths, resolve};
use guanxi_query::tree::{Path, Query, Select};

use crate::sample::{plan_query, refused, schema};

fn found(object: &str, path: &str) -> (Vec<String>, String, String, String) {
    let schema = schema();
    let object = schema.require(object).expect("an object");
    let r = resolve(&schema, object, &Path::from(path)).expect(path);
    (r.hops.iter().map(|h| h.field.clone()).collect(), r.object.name().to_owned(), r.field.clone(), r.part.clone())
}

fn strings(hops: &[&str], object: &str, field: &str, part: &str) -> (Vec<String>, String, String, String) {
    (hops.iter().map(|h| (*h).to_owned()).collect(), object.into(), field.into(), part.into())
}

#[test]
fn paths_follow_references_and_end_in_fields_or_parts() {
    assert_eq!(found("opportunity", "name"), strings(&[], "opportunity", "name", ""));
    assert_eq!(found("opportunity", "account_id"), strings(&[], "opportunity", "account_id", ""));
    assert_eq!(found("opportunity", "account.name"), strings(&["account_id"], "account", "name", ""));
    assert_eq!(found("opportunity", "account.parent.owner.email"), strings(&["account_id", "parent_id", "owner_id"], "user", "email", ""));
    assert_eq!(found("opportunity", "created_by.name"), strings(&["created_by_id"], "user", "name", ""));
    assert_eq!(found("opportunity", "amount.currency"), strings(&[], "opportunity", "amount", "currency"));
    assert_eq!(found("opportunity", "account.address.city"), strings(&["account_id"], "account", "address", "city"));
    assert_eq!(found("account", "phone.typed"), strings(&[], "account", "phone", "typed"));
    assert_eq!(found("task", "related_to.name"), strings(&["related_to_id"], "account", "name", ""));
    assert_eq!(found("task", "related_to.id"), strings(&["related_to_id"], "account", "id", ""));
    assert_eq!(found("task", "name"), strings(&[], "task", "subject", ""), "the field that names a record answers to name");
}

#[test]
fn unknown_paths_are_refused_with_a_hint() {
    for (text, position, hint) in [
        ("SELECT id, nmae FROM opportunity", 11, "“name”?"),
        ("SELECT Name FROM opportunity", 7, "“name”?"),
        ("SELECT id FROM opportunity WHERE acount.name = 'x'", 33, "“account”?"),
        ("SELECT account.naem FROM opportunity", 7, "“name”?"),
        ("SELECT id FROM opportunity ORDER BY amnt", 36, "“amount”?"),
        ("SELECT xyz_unlike_anything FROM opportunity", 7, "no field"),
        ("SELECT amount.amuont FROM opportunity", 7, "(currency)"),
        ("SELECT name.x FROM opportunity", 7, "no parts"),
        ("SELECT account_id.name FROM opportunity", 7, "no “name”"),
        ("SELECT related_to.owner.name FROM task", 7, "only to name and id"),
        ("SELECT related_to.amount FROM task", 7, "only to name and id"),
        ("SELECT account.parent.parent.parent.parent.parent.name FROM opportunity", 7, "more than 5"),
        ("SELECT deleted_at FROM opportunity", 7, "no field"),
        ("SELECT deleted_by.name FROM opportunity", 7, "no field"),
        ("SELECT account.deleted_at FROM opportunity", 7, "no field"),
        ("SELECT deleted_at_x FROM opportunity", 7, "no field"),
    ] {
        let error = refused(text);
        assert_eq!((error.code, error.position), ("unknown_field", Some(position)), "{text}: {error}");
        assert!(error.message.en.contains(hint), "{text}: {error}");
    }
    assert_eq!(refused("SELECT id FROM oportunity").code, "unknown_object");
}

#[test]
fn the_recycle_bin_has_fields_of_its_own() {
    let mut query = Query::fields("account", &["name", "deleted_at", "deleted_by_id", "deleted_by.name"]);
    query.deleted = true;
    let plan = plan_query(&query, &Default::default()).expect("a plan");
    assert!(plan.sql.contains("WHERE t0.\"deleted_at\" IS NOT NULL"), "{}", plan.sql);
    assert!(plan.sql.contains("t1.\"id\" = t0.\"deleted_by_id\" AND t1.\"deleted_at\" IS NULL"), "{}", plan.sql);
}

#[test]
fn all_paths_of_a_query_are_listed() {
    let query = parse(
        "SELECT stage, account.name, COUNT(), SUM(amount) total FROM opportunity WHERE NOT (a = 1 OR b IN (2)) AND tags INCLUDES ('c') \
         GROUP BY stage, account.name ORDER BY total, expr0, stage",
    )
    .expect("a sound query");
    let all: Vec<String> = paths(&query).into_iter().map(ToString::to_string).collect();
    assert_eq!(all, ["stage", "account.name", "amount", "a", "b", "tags", "stage", "account.name", "stage"]);
    assert!(query.select.iter().any(|s| matches!(s, Select::Aggregate { path: None, .. })));
}
