//! Changes of the schema at run time.

use std::sync::Arc;

use guanxi_model::{Cell, Schema};
use guanxi_store::{MetaRow, SchemaStep, WriteError};
use serde_json::json;

use crate::world::{ACCOUNT, Place, World, account, authorized, both, create, field, named, object};

both!(
    objects_and_fields_come_and_go,
    a_failed_change_leaves_nothing,
    metadata_round_trips,
    what_an_earlier_attempt_left_is_replaced,
    indexes_that_were_left_go,
    tables_are_looked_at,
);

fn meta(name: &str, body: Option<&str>) -> MetaRow {
    MetaRow { kind: "object".into(), name: name.into(), body: body.map(str::to_owned) }
}

/// The account object with further fields.
fn wider(schema: &Schema, more: Vec<serde_json::Value>) -> (Arc<Schema>, Arc<guanxi_model::Object>) {
    let old = schema.by_no(ACCOUNT).unwrap();
    let mut fields: Vec<_> = old.def.fields.iter().map(|f| serde_json::to_value(f).unwrap()).collect();
    fields.extend(more);
    let mut schema = schema.clone();
    schema.put_object(object(ACCOUNT, "001", "account", fields));
    let object = Arc::clone(schema.by_no(ACCOUNT).unwrap());
    (Arc::new(schema), object)
}

async fn objects_and_fields_come_and_go(w: World) {
    w.write(w.set(1, vec![named(account(1), "old")])).await.unwrap();
    let more =
        vec![field("x_code", "text", json!({ "unique": true })), field("x_vip", "boolean", json!({})), field("x_at", "address", json!({}))];
    let (schema, account_object) = wider(&w.schema, more);
    let add = |name: &str| SchemaStep::AddColumns(Arc::clone(&account_object), name.into());
    let steps = [add("x_code"), add("x_vip"), add("x_at"), SchemaStep::CreateIndexes(Arc::clone(&account_object), "x_code".into())];
    assert_eq!(w.store.apply_schema(&w.ctx(), &steps, &[meta("account", Some("{}"))]).await.unwrap(), 2);
    let write = |id, n: i64, code: &str| {
        let values = vec![("x_code", code.into()), ("x_vip", true.into()), ("x_at_city", "上海".into())];
        w.store.write(&schema, authorized(w.set(id, vec![create(account(n), values)])))
    };
    write(2, 2, "A").await.unwrap();
    assert!(matches!(write(3, 3, "A").await, Err(WriteError::Duplicate { change: 0, column }) if column == "x_code"));
    let steps = [SchemaStep::DropIndexes(account_object, "x_code".into())];
    w.store.apply_schema(&w.ctx(), &steps, &[]).await.unwrap();
    write(4, 4, "A").await.unwrap();

    let mut schema = Schema::clone(&schema);
    schema.put_object(object(40, "a00", "x_car", vec![field("name", "text", json!({}))]));
    let car = Arc::clone(schema.by_no(40).unwrap());
    w.store.apply_schema(&w.ctx(), &[SchemaStep::CreateTable(car)], &[meta("x_car", Some("{}"))]).await.unwrap();
    let schema = Arc::new(schema);
    let set = |id| authorized(w.set(id, vec![create(guanxi_model::RecordId::new(id, 40), vec![("name", Cell::from("红旗"))])]));
    w.store.write(&schema, set(5)).await.unwrap();
    let version = w.store.apply_schema(&w.ctx(), &[SchemaStep::DropTable("x_car".into())], &[meta("x_car", None)]).await.unwrap();
    assert_eq!(version, 5);
    assert!(w.store.write(&schema, set(6)).await.is_err());
    let log = w.store.log_after(0, 100).await.unwrap();
    assert_eq!(log.iter().filter(|e| e.object == 0).map(|e| e.version).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

async fn a_failed_change_leaves_nothing(w: World) {
    w.write(w.set(1, vec![named(account(1), "same"), named(account(2), "same")])).await.unwrap();
    let old = w.schema.by_no(ACCOUNT).unwrap();
    let mut fields: Vec<_> = old.def.fields.iter().map(|f| serde_json::to_value(f).unwrap()).collect();
    fields[0]["unique"] = json!(true);
    let changed = Arc::new(object(ACCOUNT, "001", "account", fields));
    let steps = [SchemaStep::CreateIndexes(Arc::clone(&changed), "name".into())];
    for _ in 0..2 {
        let refused = w.store.apply_schema(&w.ctx(), &steps, &[meta("account", Some("{\"unique\": 1}"))]).await.unwrap_err();
        assert_eq!(refused.code, "not_unique");
    }
    let (version, rows) = w.store.load_meta().await.unwrap();
    assert_eq!(version, 1);
    assert!(rows.iter().all(|r| r.body.as_deref() == Some("{}")));
    assert_eq!(w.store.log_after(0, 100).await.unwrap().len(), 3);
    w.write(w.set(2, vec![named(account(3), "same")])).await.unwrap();
}

async fn what_an_earlier_attempt_left_is_replaced(w: World) {
    if let Place::Schema(pool, name) = &w.place {
        pool.execute_script(name, "ALTER TABLE account ADD COLUMN x_code bigint, ADD COLUMN x_note text; CREATE TABLE x_car (a text)")
            .await
            .unwrap();
    }
    let (schema, object) = wider(&w.schema, vec![field("x_code", "text", json!({})), field("x_note", "text", json!({ "indexed": true }))]);
    let car = crate::world::object(40, "a00", "x_car", vec![field("name", "text", json!({}))]);
    let steps = [
        SchemaStep::AddColumns(Arc::clone(&object), "x_code".into()),
        SchemaStep::AddColumns(Arc::clone(&object), "x_note".into()),
        SchemaStep::ChangeIndexes(Arc::clone(w.schema.by_no(ACCOUNT).unwrap()), object),
        SchemaStep::CreateTable(Arc::new(car)),
    ];
    w.store.apply_schema(&w.ctx(), &steps, &[meta("account", Some("{}"))]).await.unwrap();
    let values = vec![("x_code", "A".into()), ("x_note", "n".into())];
    w.store.write(&schema, authorized(w.set(1, vec![create(account(1), values)]))).await.unwrap();
}

async fn indexes_that_were_left_go(w: World) {
    let twice = |id, n| w.set(id, vec![named(account(n), "same"), named(account(n + 1), "same")]);
    let maintain = async |version| {
        let mut schema = Schema::clone(&w.schema);
        schema.version = version;
        w.store.maintain(&schema).await.unwrap();
    };
    if let Place::Schema(pool, name) = &w.place {
        pool.execute_script(
            name,
            "CREATE UNIQUE INDEX ux_account_name_0123456789abcdef ON account (name); CREATE INDEX own ON account (name)",
        )
        .await
        .unwrap();
        assert!(w.write(twice(1, 1)).await.is_err());
        let now = w.store.load_meta().await.unwrap().0;
        maintain(now + 1).await;
        assert!(w.write(twice(2, 1)).await.is_err(), "another schema than this node knows may have asked for it");
    }
    maintain(w.store.load_meta().await.unwrap().0).await;
    w.write(twice(3, 1)).await.unwrap();
    if let Place::Schema(pool, name) = &w.place {
        pool.execute_script(name, "DROP INDEX own").await.expect("the operator's own index is still there");
        for index in guanxi_query::ddl::indexes(w.schema.by_no(ACCOUNT).unwrap()) {
            let script = format!("COMMENT ON INDEX \"{}\" IS 'there'", index.name);
            pool.execute_script(name, &script).await.expect("an index that is asked for is still there");
        }
    }
}

async fn metadata_round_trips(w: World) {
    let row = |kind: &str, name: &str, body: Option<&str>| MetaRow { kind: kind.into(), name: name.into(), body: body.map(str::to_owned) };
    let put = [row("role", "sales", Some(r#"{"a": "甲"}"#)), row("picklist", "industry", Some("[]"))];
    w.store.apply_schema(&w.ctx(), &[], &put).await.unwrap();
    let version =
        w.store.apply_schema(&w.ctx(), &[], &[row("picklist", "industry", None), row("role", "sales", Some("{}"))]).await.unwrap();
    let (loaded, rows) = w.store.load_meta().await.unwrap();
    assert_eq!(loaded, version);
    let names: Vec<_> = rows.iter().map(|r| (r.kind.as_str(), r.name.as_str())).collect();
    assert_eq!(names, [("object", "account"), ("object", "contact"), ("object", "user"), ("role", "sales")]);
    assert_eq!(rows[3].body.as_deref(), Some("{}"));
}

/// PostgreSQL knows how the rows are spread as soon as it was told to look, not when it comes by.
async fn tables_are_looked_at(w: World) {
    w.write(w.set(1, vec![named(account(1), "a"), named(account(2), "b")])).await.unwrap();
    w.store.analyse(w.schema.by_no(ACCOUNT).map(|object| object.as_ref())).await;
    w.store.analyse(None).await;
    let Place::Schema(pool, name) = &w.place else { return };
    for (table, rows) in [("account", 2), ("sys_share", 0)] {
        // -1 is that of a table nobody has looked at.
        let script = format!(
            "DO $$ BEGIN IF (SELECT reltuples FROM pg_class WHERE oid = '{table}'::regclass) <> {rows} THEN RAISE 'not seen'; END IF; END $$"
        );
        pool.execute_script(name, &script).await.expect(table);
    }
}
