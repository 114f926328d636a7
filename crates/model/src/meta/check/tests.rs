//! Tests of the checks: each finding once, and a good definition without any.

use serde_json::json;

use super::*;
use crate::meta::{LayoutDef, RoleDef, ViewDef};

fn object(value: serde_json::Value) -> ObjectDef {
    serde_json::from_value(value).expect("a definition")
}

fn deal(fields: serde_json::Value) -> ObjectDef {
    object(json!({"name": "deal", "label": {"zh": "单", "en": "Deal"}, "module": "sales", "fields": fields}))
}

fn name_field() -> serde_json::Value {
    json!({"name": "name", "label": {"zh": "名", "en": "Name"}, "type": "text"})
}

fn with(field: serde_json::Value) -> ObjectDef {
    deal(json!([name_field(), field]))
}

fn codes(found: &[FieldError]) -> Vec<&'static str> {
    found.iter().map(|f| f.code).collect()
}

#[test]
fn a_good_object_has_no_findings() {
    let def =
        with(json!({"name": "parent_id", "label": {"zh": "上级", "en": "Parent"}, "type": "lookup", "to": ["deal"], "aliases": ["上级"]}));
    assert_eq!(check_object(&def, &DefSet::default()), []);
}

#[test]
fn a_hierarchy_is_of_one_object() {
    let to = |to: serde_json::Value| {
        let label = json!({"zh": "上级", "en": "Parent"});
        let def = with(json!({"name": "parent_id", "label": label, "type": "lookup", "to": to, "hierarchy": true}));
        codes(&check_object(&def, &DefSet::default()))
    };
    assert_eq!(to(json!(["deal"])), [""; 0]);
    assert!(to(json!(["nothing"])).contains(&"no_hierarchy"));
}

#[test]
fn each_fault_of_a_field_is_found() {
    let label = json!({"zh": "甲", "en": "A"});
    let cases = [
        (json!({"name": "A b", "label": label, "type": "text"}), "invalid_name"),
        (json!({"name": "limit", "label": label, "type": "text"}), "reserved_name"),
        (json!({"name": "from_id", "label": label, "type": "user"}), "reserved_name"),
        (json!({"name": "owner_id", "label": label, "type": "user"}), "system_field"),
        (json!({"name": "name", "label": label, "type": "text"}), "duplicate"),
        (json!({"name": "a", "label": {"zh": "甲", "en": ""}, "type": "text"}), "empty_label"),
        (json!({"name": "a_id", "label": label, "type": "text"}), "reference_name"),
        (json!({"name": "a", "label": label, "type": "user"}), "reference_name"),
        (json!({"name": "a_id", "label": label, "type": "lookup", "to": ["nothing"]}), "unknown_name"),
        (json!({"name": "a", "label": label, "type": "picklist", "picklist": "nothing"}), "unknown_name"),
        (json!({"name": "a", "label": label, "type": "picklist", "stages": true}), "not_bound"),
        (
            json!({"name": "a", "label": label, "type": "picklist", "values": [{"value": "b", "label": label}], "default": "c"}),
            "unknown_name",
        ),
        (json!({"name": "a", "label": label, "type": "json", "unique": true}), "wrong_type"),
        (json!({"name": "a", "label": label, "type": "decimal", "scale": 12}), "out_of_range"),
        (json!({"name": "a", "label": label, "type": "auto_number", "format": "T-"}), "invalid_format"),
        (json!({"name": "a", "label": label, "type": "text", "aliases": ["A"]}), "invalid_alias"),
    ];
    for (field, code) in cases {
        let text = field.to_string();
        assert_eq!(codes(&check_object(&with(field), &DefSet::default())), [code], "{text}");
    }
}

#[test]
fn columns_of_two_fields_may_not_meet() {
    let label = json!({"zh": "甲", "en": "A"});
    let def = deal(
        json!([name_field(), {"name": "amount", "label": label, "type": "money"}, {"name": "amount_currency", "label": label, "type": "text"}]),
    );
    assert_eq!(codes(&check_object(&def, &DefSet::default())), ["duplicate"]);
}

fn set() -> DefSet {
    let label = json!({"zh": "甲", "en": "A"});
    let account = object(json!({"name": "account", "label": label, "module": "customers", "fields": [
        name_field(), {"name": "address", "label": label, "type": "address"}, {"name": "notes", "label": label, "type": "long_text"}]}));
    let deal = deal(json!([name_field(), {"name": "account_id", "label": label, "type": "lookup", "to": ["account"]},
        {"name": "amount", "label": label, "type": "money"}, {"name": "state", "label": label, "type": "picklist", "values": [{"value": "b", "label": label}]}]));
    DefSet { objects: [account, deal].map(|o| (o.name.clone(), o)).into(), ..DefSet::default() }
}

#[test]
fn paths_cross_relationships_and_reach_parts() {
    let set = set();
    let deal = &set.objects["deal"];
    for good in ["name", "id", "owner_id", "amount.currency", "account.name", "account.address.city"] {
        assert!(resolve(&set, deal, good).is_some(), "{good}");
    }
    for bad in ["nothing", "account.nothing", "account_id.name", "amount.city", "deleted_at", "owner.name"] {
        assert!(resolve(&set, deal, bad).is_none(), "{bad}");
    }
}

#[test]
fn views_name_what_exists() {
    let set = set();
    let view = |extra: serde_json::Value| -> Vec<&'static str> {
        let mut all = json!({"object": "deal", "name": "all", "label": {"zh": "全部", "en": "All"}, "columns": ["name", "account.name"]});
        all.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        let def: ViewDef = serde_json::from_value(all).expect("a view");
        codes(&check_view(&def, &set))
    };
    assert_eq!(view(json!({})), [""; 0]);
    assert_eq!(view(json!({"kind": "board", "board": {"group_by": "state", "total": "amount"}})), [""; 0]);
    assert_eq!(view(json!({"kind": "board"})), ["required"]);
    assert_eq!(view(json!({"kind": "board", "board": {"group_by": "name", "total": "name"}})), ["wrong_type", "wrong_type"]);
    assert_eq!(view(json!({"columns": ["name", "name", "nothing"]})), ["duplicate", "unknown_name"]);
    assert_eq!(view(json!({"sort": [{"field": "account.notes"}]})), ["not_sortable"]);
    assert_eq!(
        view(json!({"filter": {"all": [{"field": "nothing", "op": "=", "value": 1}, {"field": "name", "op": "in", "value": "a"}]}})),
        ["unknown_name", "wrong_value"]
    );
}

#[test]
fn layouts_and_roles_name_what_exists() {
    let set = set();
    let layout: LayoutDef = serde_json::from_value(json!({"object": "account", "highlights": ["nothing"],
        "sections": [{"label": {"zh": "甲", "en": "A"}, "columns": 3, "fields": ["name", "name"]}],
        "related": [{"object": "deal", "field": "account_id", "columns": ["name"]}, {"object": "deal", "field": "name", "columns": []}]}))
    .expect("a layout");
    assert_eq!(codes(&check_layout(&layout, &set)), ["unknown_name", "out_of_range", "duplicate", "not_a_reference"]);
    let role: RoleDef = serde_json::from_value(
        json!({"name": "r", "label": {"zh": "角", "en": "R"}, "objects": {"*": {"read": true}, "nothing": {"edit": true}}}),
    )
    .expect("a role");
    assert_eq!(codes(&check_role(&role, &set)), ["unknown_name", "needs_read"]);
}
