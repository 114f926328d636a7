//! One record at a time: create, read, change, delete, restore, undo, with versions and idempotency.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::server_test;

async fn account(client: &Client, name: &str) -> Value {
    let answer = client.post("/api/v1/records/account", json!({"name": name})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

server_test!(a_record_lives, |app: TestApp| async move {
    let admin = app.admin().await;
    let made = admin.post("/api/v1/records/account", json!({"name": "上海远山贸易"})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/account/{id}");
    assert_eq!((made.header("location"), made.header("etag")), (path.as_str(), "\"1\""));
    assert!(made.header("guanxi-change-set").parse::<i64>().unwrap() > 0);

    let read = admin.get(&path).await;
    assert_eq!((read.status.as_u16(), read.header("etag")), (200, "\"1\""));
    assert_eq!(read.json()["name"], json!("上海远山贸易"));
    for key in ["id", "owner_id", "created_at", "created_by_id", "updated_at", "updated_by_id", "version"] {
        assert!(!read.json()[key].is_null(), "{key}");
    }
    let short = admin.get(&format!("{path}?fields=id,name,owner.name")).await.json();
    assert_eq!(short["owner"]["name"], json!("管理员"));

    let changed = admin.patch(&path, json!({"name": "上海远山国际贸易"})).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{}", changed.text());
    // The same values again: nothing is written.
    let same = admin.patch(&path, json!({"name": "上海远山国际贸易"})).await;
    assert_eq!((same.header("etag"), same.header("guanxi-change-set")), ("\"2\"", ""));

    let history = admin.get(&format!("{path}/history")).await.json();
    let ops: Vec<_> = history["changes"].as_array().unwrap().iter().map(|c| c["op"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ops, ["update", "create"]);
    assert_eq!(admin.get(&format!("{path}/timeline")).await.status, 200);

    let gone = admin.delete(&path).await;
    assert_eq!(gone.status, 204);
    admin.get(&path).await.problem(404, "not_found");
    let bin = admin.get("/api/v1/recycle_bin?object=account").await.json();
    assert_eq!(bin["records"][0]["id"], json!(id));
    let back = admin.post("/api/v1/recycle_bin/restore", json!({"ids": [id]})).await.json();
    assert_eq!(back, json!({"restored": 1, "errors": []}));
    assert_eq!(admin.get(&path).await.status, 200);
});

server_test!(versions_guard_changes, |app: TestApp| async move {
    let admin = app.admin().await;
    let id = account(&admin, "甲").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/account/{id}");
    assert_eq!(admin.with("if-match", "\"1\"").patch(&path, json!({"name": "乙"})).await.status, 200);
    let problem = admin.with("if-match", "\"1\"").patch(&path, json!({"name": "丙"})).await.problem(412, "version_conflict");
    assert_eq!((&problem["current"]["name"], &problem["current"]["version"]), (&json!("乙"), &json!(2)));
    admin.with("if-match", "\"1\"").delete(&path).await.problem(412, "version_conflict");
    assert_eq!(admin.with("if-match", "*").patch(&path, json!({"name": "丁"})).await.status, 200);
    admin.with("if-match", "3").patch(&path, json!({"name": "戊"})).await.problem(400, "invalid_header");
    assert_eq!(admin.get(&path).await.json()["name"], json!("丁"));
});

server_test!(an_idempotency_key_writes_once, |app: TestApp| async move {
    let admin = app.admin().await.with("idempotency-key", "k1");
    let first = admin.post("/api/v1/records/account", json!({"name": "一次"})).await;
    let again = admin.post("/api/v1/records/account", json!({"name": "一次"})).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    admin.post("/api/v1/records/account", json!({"name": "另一个"})).await.problem(409, "idempotency_key_reused");
    admin.post("/api/v1/records/contact", json!({"name": "一次"})).await.problem(409, "idempotency_key_reused");
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(1));
    app.test.clock.advance(25 * 3_600 * 1_000_000);
    assert_eq!(admin.post("/api/v1/records/account", json!({"name": "另一个"})).await.status, 201);
    admin.with("idempotency-key", "").post("/api/v1/records/account", json!({"name": "x"})).await.problem(400, "invalid_header");
});

server_test!(fifty_at_once_with_one_key_make_one_record, |app: TestApp| async move {
    let admin = app.admin().await.with("idempotency-key", "race");
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move { admin.post("/api/v1/records/account", json!({"name": "竞争"})).await })
        })
        .collect();
    let mut bodies = HashSet::new();
    for task in tasks {
        let answer = task.await.expect("a task");
        assert_eq!(answer.status, 201, "{}", answer.text());
        bodies.insert(answer.body);
    }
    assert_eq!(bodies.len(), 1);
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(1));
});

server_test!(refusals_name_the_field_in_both_languages, |app: TestApp| async move {
    let admin = app.admin().await;
    let problem =
        admin.with("accept-language", "en").post("/api/v1/records/contact", json!({"email": "no e-mail"})).await.problem(422, "validation");
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"email"), "{problem}");
    assert_eq!(problem["title"], json!("Values were refused"));
    assert_eq!(problem["errors"][0]["message"], problem["errors"][0]["messages"]["en"]);
    let problem = admin.with("accept-language", "zh-CN").post("/api/v1/records/contact", json!({"email": "no e-mail"})).await.json();
    assert_eq!(problem["title"], json!("内容未通过检查"));
    assert_eq!(problem["errors"][0]["message"], problem["errors"][0]["messages"]["zh-CN"]);
    for (field, value) in
        [("colour", json!("red")), ("version", json!(9)), ("created_by_id", json!(null)), ("id", json!("0010000000004GIAAY"))]
    {
        let problem = admin.post("/api/v1/records/account", json!({"name": "x", field: value})).await.problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], json!(field));
    }
});

server_test!(a_refused_choice_names_the_labels_first, |app: TestApp| async move {
    let admin = app.admin().await;
    let refused = json!({"name": "x", "classification": "best"});
    let problem = admin.post("/api/v1/records/account", refused).await.problem(422, "validation");
    let error = &problem["errors"][0];
    assert_eq!((&error["field"], &error["code"]), (&json!("classification"), &json!("not_in_picklist")));
    let (zh, en) = (error["messages"]["zh-CN"].as_str().unwrap(), error["messages"]["en"].as_str().unwrap());
    assert!(zh.starts_with("“best”不在可选值中：潜在客户（potential）、"), "{zh}");
    assert!(en.starts_with("“best” is not one of the values: Potential (potential), "), "{en}");
});

server_test!(ids_of_other_objects_and_nonsense_are_not_found, |app: TestApp| async move {
    let admin = app.admin().await;
    let id = account(&admin, "甲").await["id"].as_str().unwrap().to_owned();
    for path in [format!("/api/v1/records/contact/{id}"), "/api/v1/records/account/x".to_owned(), "/api/v1/records/account/%00".to_owned()]
    {
        admin.get(&path).await.problem(404, "not_found");
        admin.patch(&path, json!({"name": "x"})).await.problem(404, "not_found");
        admin.delete(&path).await.problem(404, "not_found");
        admin.get(&format!("{path}/history")).await.problem(404, "not_found");
        admin.get(&format!("{path}/timeline")).await.problem(404, "not_found");
    }
    admin.get(&format!("/api/v1/records/nothing/{id}")).await.problem(404, "unknown_object");
    admin.get("/api/v1/records/account/%ff").await.problem(400, "invalid_path");
    assert_eq!(admin.get(&format!("/api/v1/records/account/{}", &id[..15])).await.status, 200);
});

server_test!(a_change_set_is_taken_back, |app: TestApp| async move {
    let admin = app.admin().await;
    let id = account(&admin, "甲").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/account/{id}");
    let set = admin.patch(&path, json!({"name": "乙"})).await.header("guanxi-change-set").to_owned();
    let undone = admin.post(&format!("/api/v1/change_sets/{set}/undo"), json!(null)).await;
    assert_eq!(undone.json()["reverted"], json!(1), "{}", undone.text());
    assert_eq!(undone.json()["change_set"], json!(undone.header("guanxi-change-set")));
    assert_eq!(admin.get(&path).await.json()["name"], json!("甲"));
    for bad in ["0", "-1", "x", "999"] {
        admin.post(&format!("/api/v1/change_sets/{bad}/undo"), json!(null)).await.problem(404, "not_found");
    }
});
