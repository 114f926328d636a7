//! A small schema with every field type, and short ways to plan queries over it.

use guanxi_model::meta::ObjectDef;
use guanxi_model::money::Currency;
use guanxi_model::{Cell, Ctx, Door, Error, Lang, Object, RecordId, Result, Schema};
use guanxi_query::{Dialect, Page, Plan, Query, parse, plan};
use serde_json::{Value, json};

/// 2026-11-21T20:00:00Z, a Saturday: in Shanghai already Sunday the 22nd.
pub(crate) const NOW: i64 = 1_795_291_200_000_000;

pub(crate) const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

fn label(text: &str) -> Value {
    json!({"zh": text, "en": text})
}

fn field(name: &str, ty: &str) -> Value {
    json!({"name": name, "label": label(name), "type": ty})
}

fn with(mut field: Value, more: Value) -> Value {
    if let (Some(field), Value::Object(more)) = (field.as_object_mut(), more) {
        field.extend(more);
    }
    field
}

fn object(no: u16, prefix: &str, name: &str, fields: Vec<Value>, more: Value) -> Object {
    let def = with(json!({"name": name, "label": label(name), "module": "customers", "fields": fields}), more);
    let def: ObjectDef = serde_json::from_value(def).expect("a sound sample object");
    Object::new(no, prefix.to_owned(), def)
}

fn lookup(name: &str, to: &[&str]) -> Value {
    with(field(name, "lookup"), json!({"to": to}))
}

fn values(name: &str, ty: &str, values: &[&str]) -> Value {
    let values: Vec<Value> = values.iter().map(|v| json!({"value": v, "label": label(v)})).collect();
    with(field(name, ty), json!({"values": values}))
}

/// The sample schema, with one currency.
pub(crate) fn schema() -> Schema {
    let mut schema = Schema::default();
    schema.put_object(object(
        1,
        "005",
        "user",
        vec![with(field("name", "text"), json!({"required": true})), field("email", "email")],
        json!({}),
    ));
    schema.put_object(object(2, "069", "file", vec![field("name", "text")], json!({})));
    schema.put_object(object(
        3,
        "001",
        "account",
        vec![
            with(field("name", "text"), json!({"required": true})),
            values("industry", "picklist", &["it", "retail"]),
            field("address", "address"),
            lookup("parent_id", &["account"]),
            field("active", "boolean"),
            field("phone", "phone"),
        ],
        json!({"indexes": [["owner_id", "name"], ["name"]]}),
    ));
    schema.put_object(object(
        4,
        "006",
        "opportunity",
        vec![
            with(field("name", "text"), json!({"required": true})),
            lookup("account_id", &["account"]),
            field("amount", "money"),
            values("stage", "picklist", &["new", "won", "lost"]),
            field("close_date", "date"),
            with(field("probability", "percent"), json!({"scale": 2})),
            with(field("weight", "decimal"), json!({"scale": 3})),
            field("seats", "integer"),
            field("closed", "boolean"),
            field("tags", "tags"),
            field("notes", "long_text"),
        ],
        json!({"indexes": [["stage", "amount"], ["owner_id", "name"]]}),
    ));
    schema.put_object(object(
        5,
        "00T",
        "task",
        vec![field("subject", "text"), lookup("related_to_id", &["account", "opportunity"]), field("due_at", "date_time")],
        json!({"name_field": "subject"}),
    ));
    schema.put_object(object(6, "a00", "x_everything", everything(), json!({"name_field": "text", "indexes": [["date", "money"]]})));
    schema
}

/// One field of every type.
fn everything() -> Vec<Value> {
    vec![
        with(field("text", "text"), json!({"external_key": true})),
        field("long_text", "long_text"),
        field("rich_text", "rich_text"),
        with(field("integer", "integer"), json!({"indexed": true})),
        with(field("decimal", "decimal"), json!({"scale": 4})),
        field("money", "money"),
        field("percent", "percent"),
        with(field("boolean", "boolean"), json!({"indexed": true})),
        field("date", "date"),
        field("date_time", "date_time"),
        field("duration", "duration"),
        values("picklist", "picklist", &["a", "b"]),
        values("multi_picklist", "multi_picklist", &["a", "b"]),
        with(field("email", "email"), json!({"unique": true})),
        with(field("phone", "phone"), json!({"indexed": true})),
        with(field("url", "url"), json!({"column": "url_2"})),
        field("address", "address"),
        lookup("account_id", &["account"]),
        lookup("anything_id", &["account", "opportunity"]),
        field("agent_id", "user"),
        field("picture_id", "file"),
        with(field("number", "auto_number"), json!({"format": "X-{0000}"})),
        field("tags", "tags"),
        field("rating", "rating"),
        field("json", "json"),
    ]
}

/// The sample schema with two currencies switched on.
pub(crate) fn two_currencies() -> Schema {
    let mut schema = schema();
    schema.settings.currencies = vec![Currency::CNY, Currency::USD];
    schema
}

/// The user who asks: the seventh record of `user`.
pub(crate) fn ctx() -> Ctx {
    Ctx {
        user: RecordId::new(7, 1),
        permission_sets: std::sync::Arc::default(),
        role: "standard".to_owned(),
        colleagues: std::sync::Arc::default(),
        door: Door::Rest,
        entry: guanxi_model::Entry::default(),
        lang: Lang::Zh,
        now_us: NOW,
        time_zone: "Asia/Shanghai".to_owned(),
    }
}

/// Plans a text for an engine.
pub(crate) fn planned(text: &str, dialect: Dialect) -> Result<Plan> {
    plan(&ctx(), &schema(), &parse(text)?, &Page { limit: 50, ..Page::default() }, dialect)
}

/// Plans a tree for SQLite.
pub(crate) fn plan_query(query: &Query, page: &Page) -> Result<Plan> {
    plan(&ctx(), &schema(), query, page, Dialect::Sqlite)
}

/// The condition of a text on SQLite, without the recycle-bin part, and its parameters.
pub(crate) fn condition(filter: &str) -> (String, Vec<Cell>) {
    let plan = planned(&format!("SELECT id FROM opportunity WHERE {filter}"), Dialect::Sqlite).expect(filter);
    let from = plan.sql.find(" IS NULL AND ").map(|at| at + " IS NULL AND ".len()).expect("a condition");
    let to = plan.sql.find(" ORDER BY").expect("an order");
    (plan.sql[from..to].replace('"', ""), plan.params)
}

/// The error of a text.
pub(crate) fn refused(text: &str) -> Error {
    match planned(text, Dialect::Postgres) {
        Ok(plan) => panic!("{text} was accepted: {}", plan.sql),
        Err(error) => error,
    }
}
