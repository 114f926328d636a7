//! A newer program opens an organisation whose users have changed what the older packs brought.

use std::time::Duration;

use guanxi_engine::packs::{self, Pack};
use guanxi_engine::{metadata, schema_change};
use guanxi_model::ErrorKind;
use guanxi_model::meta::{FieldDef, ObjectDef, PicklistValue, StageDef};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn def<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).expect("a definition")
}

fn label(text: &str) -> Value {
    json!({"zh": text, "en": text})
}

fn object<'a>(packs: &'a mut [Pack], name: &str) -> &'a mut ObjectDef {
    packs.iter_mut().flat_map(|p| &mut p.objects).find(|o| o.name == name).expect(name)
}

fn field<'a>(packs: &'a mut [Pack], of: &str, name: &str) -> &'a mut FieldDef {
    object(packs, of).fields.iter_mut().find(|f| f.name == name).expect(name)
}

/// The packs of a program to come.
fn newer() -> Vec<Pack> {
    let mut all = packs::all().expect("packs");
    for pack in &mut all {
        pack.def.version += 1;
    }
    let grade = json!({"name": "grade", "label": label("grade"), "type": "text", "indexed": true});
    let code = json!({"name": "code", "label": label("code"), "type": "text", "unique": true});
    let account = object(&mut all, "account");
    account.fields.extend([def(grade), def(code)]);
    account.indexes.push(vec!["region".into(), "name".into()]);
    account.indexes.push(vec!["grade".into(), "name".into()]);
    account.label = def(label("newer account"));
    field(&mut all, "account", "phone").label = def(label("newer phone"));
    field(&mut all, "contact", "title").indexed = true;
    field(&mut all, "contact", "wechat").unique = true;
    field(&mut all, "contact", "department").label = def(label("newer department"));
    let visit = json!({
        "name": "visit", "label": label("visit"), "module": "customers", "key_prefix": "0zz",
        "fields": [{"name": "name", "label": label("name"), "type": "text", "required": true, "indexed": true}],
    });
    all.iter_mut().find(|p| p.def.name == "customers").expect("a pack").objects.push(def(visit));
    let picklist = all.iter_mut().flat_map(|p| &mut p.picklists).find(|p| p.name == "industry").expect("industries");
    picklist.values.push(def::<PicklistValue>(json!({"value": "space", "label": label("space")})));
    picklist.values[0].label = def(label("newer manufacturing"));
    let pipeline = all.iter_mut().flat_map(|p| &mut p.pipelines).find(|p| p.object == "opportunity").expect("a pipeline");
    let stage = json!({"value": "trial", "label": label("trial"), "probability": 60, "category": "open"});
    pipeline.stages.insert(3, def::<StageDef>(stage));
    all
}

/// What users do to an organisation of the older packs.
async fn changed_by_users(t: &TestOrg) {
    let (org, admin) = (&t.org, t.admin());
    for name in ["x_size", "x_gone"] {
        let own = json!({"name": name, "label": label(name), "type": "text", "indexed": true});
        schema_change::create_field(org, &admin, "account", def(own)).await.expect("a field");
    }
    schema_change::delete_field(org, &admin, "account", "x_gone").await.expect("removed");
    schema_change::add_picklist_value(org, &admin, "account", "industry", "farming").await.expect("a value");
    schema_change::add_picklist_value(org, &admin, "opportunity", "stage", "pilot").await.expect("a stage");
    schema_change::update_object(org, &admin, "account", &json!({"label": label("our customer")})).await.expect("a label");
    schema_change::update_field(org, &admin, "account", "phone", &json!({"label": label("our phone")})).await.expect("a label");
    let account = json!({"name": "甲", "industry": "farming", "region": "江苏省", "x_size": "L", "phone": "0512 6500 1234"});
    let account = t.create("account", account).await;
    t.create("contact", json!({"name": "李", "account_id": t.id(account), "title": "厂长", "wechat": "li"})).await;
    t.create("opportunity", json!({"name": "单", "account_id": t.id(account), "stage": "pilot", "close_date": "2026-12-01"})).await;
}

/// What must be true after the upgrade.
async fn upgraded(t: &TestOrg) {
    let schema = t.org.schema();
    let labels = |object: &str, field: &str| {
        schema.require(object).expect(object).field(field).expect(field).def.label.get(guanxi_model::Lang::En).to_owned()
    };
    assert_eq!(schema.require("account").expect("accounts").def.label.get(guanxi_model::Lang::En), "our customer");
    assert_eq!((labels("account", "phone"), labels("contact", "department")), ("our phone".into(), "newer department".into()));
    let values: Vec<&str> = schema.picklists["industry"].values.iter().map(|v| v.value.as_str()).collect();
    assert!(values.contains(&"farming") && values.contains(&"space"), "{values:?}");
    assert_eq!(schema.picklists["industry"].values[0].label.get(guanxi_model::Lang::En), "newer manufacturing");
    let stages: Vec<&str> = schema.pipelines_of("opportunity")[0].stages.iter().map(|s| s.value.as_str()).collect();
    assert_eq!(stages, ["prospecting", "engaging", "proposal", "trial", "negotiation", "pilot", "won", "lost"]);
    let there = t.query("SELECT name, industry, x_size, grade, code FROM account WHERE industry = 'farming' AND x_size = 'L'").await;
    assert_eq!(there[0]["name"], "甲");
    assert_eq!(t.query("SELECT name FROM opportunity WHERE stage = 'pilot'").await.len(), 1);
    assert_eq!(t.query("SELECT name FROM contact WHERE title = '厂长' AND wechat = 'li'").await.len(), 1);
    let all = metadata::object(&t.org, &t.admin(), "account", metadata::Labels::All).await.expect("accounts");
    assert!(all["fields"].as_array().is_some_and(|f| f.iter().all(|f| f["name"] != "x_gone")));
}

both_engines!(an_upgrade_keeps_what_users_made_and_brings_what_is_new, |t: TestOrg| async move {
    changed_by_users(&t).await;
    packs::upgrade(&t.org, &newer()).await.expect("upgraded");
    upgraded(&t).await;
    let version = t.org.schema().version;
    packs::upgrade(&t.org, &newer()).await.expect("nothing to do");
    packs::upgrade(&t.org, &packs::all().expect("packs")).await.expect("an older program changes nothing");
    assert_eq!(t.org.schema().version, version);
    let visit = t.create("visit", json!({"name": "拜访"})).await;
    t.create("account", json!({"name": "乙", "code": "A", "grade": "1", "industry": "space"})).await;
    let twice = t.create_as(&t.admin(), "account", json!({"name": "丙", "code": "A"})).await.expect_err("not unique");
    assert_eq!(twice.kind, ErrorKind::Validation, "{twice:?}");
    t.create_as(&t.admin(), "contact", json!({"name": "王", "wechat": "li"})).await.expect_err("unique from now on");
    t.delete_as(&t.admin(), visit).await.expect("deleted");
    // The column of a removed field is not used again.
    let again = json!({"name": "x_gone", "label": label("x_gone"), "type": "integer"});
    schema_change::create_field(&t.org, &t.admin(), "account", def(again)).await.expect("the name is free");
    t.create("account", json!({"name": "丁", "x_gone": 7})).await;
});

both_engines!(equal_values_do_not_stop_an_upgrade, |t: TestOrg| async move {
    changed_by_users(&t).await;
    t.create("contact", json!({"name": "王", "wechat": "li"})).await;
    packs::upgrade(&t.org, &newer()).await.expect("upgraded");
    upgraded(&t).await;
    t.create("contact", json!({"name": "张", "wechat": "li"})).await;
    t.create("account", json!({"name": "乙", "code": "A"})).await;
    t.create_as(&t.admin(), "account", json!({"name": "丙", "code": "A"})).await.expect_err("a new field is unique");
});

both_engines!(an_upgrade_that_was_cut_off_is_taken_up_again, |t: TestOrg| async move {
    changed_by_users(&t).await;
    for round in 0..8 {
        let (org, newer) = (t.org.clone(), newer());
        let task = tokio::spawn(async move { packs::upgrade(&org, &newer).await });
        tokio::time::sleep(Duration::from_millis(4 * round)).await;
        task.abort();
        let _ = task.await;
        assert_eq!(t.query("SELECT name FROM account WHERE x_size = 'L'").await.len(), 1);
    }
    packs::upgrade(&t.org, &newer()).await.expect("upgraded");
    upgraded(&t).await;
    t.create("visit", json!({"name": "拜访"})).await;
    t.create("account", json!({"name": "乙", "code": "A"})).await;
    t.create_as(&t.admin(), "account", json!({"name": "丙", "code": "A"})).await.expect_err("unique");
});
