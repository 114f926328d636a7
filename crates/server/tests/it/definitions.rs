//! Changes of roles, of sharing and of the organisation's setting are taken back from the audit log.

use guanxi_engine::audit;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::server_test;

/// The place in the change log of the newest change of a definition.
async fn newest(app: &TestApp, admin: &Client) -> Value {
    audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=schema&limit=1").await.json();
    entries["entries"][0]["entry"]["change"].clone()
}

server_test!(changes_of_rights_are_taken_back, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let admin = app.admin().await.with("accept-language", "en");
    let undo = async |seq: &Value| admin.post(&format!("/api/v1/changes/{seq}/undo"), json!({})).await;
    let role = json!({"name": "x_desk", "label": {"zh": "前台", "en": "Desk"}, "objects": {"account": {"read": true}}});
    assert_eq!(admin.post("/api/v1/roles", role.clone()).await.status, 201);
    let made = newest(&app, &admin).await;
    let shown = admin.get("/api/v1/roles/x_desk").await.json();
    let mut wider = role.clone();
    wider["objects"]["contact"] = json!({"read": true, "edit": true});
    assert!(admin.put("/api/v1/roles/x_desk", wider).await.status.is_success());
    let widened = newest(&app, &admin).await;

    undo(&made).await.problem(409, "changed_since");
    li.post(&format!("/api/v1/changes/{widened}/undo"), json!({})).await.problem(403, "forbidden");
    assert_eq!(undo(&widened).await.status, 204);
    assert_eq!(admin.get("/api/v1/roles/x_desk").await.json()["objects"], shown["objects"]);
    undo(&widened).await.problem(409, "changed_since");
    // What was made goes, and what was removed comes back.
    assert_eq!(undo(&made).await.status, 204);
    admin.get("/api/v1/roles/x_desk").await.problem(404, "unknown_role");
    let removed = newest(&app, &admin).await;
    assert_eq!(undo(&removed).await.status, 204);
    assert_eq!(admin.get("/api/v1/roles/x_desk").await.json()["objects"], shown["objects"]);

    // Who sees what, by the organisation's setting and by sharing.
    assert_eq!(admin.post("/api/v1/records/account", json!({"name": "甲"})).await.status, 201);
    let seen = async || li.get("/api/v1/query?q=SELECT%20COUNT(id)%20n%20FROM%20account").await.json()["records"][0]["n"].clone();
    assert_eq!(seen().await, 1);
    assert_eq!(admin.patch("/api/v1/organisation", json!({"record_scope": "own"})).await.status, 200);
    let narrowed = newest(&app, &admin).await;
    assert_eq!(seen().await, 0);
    let open = json!({"object": "account", "default": "read"});
    assert!(admin.put("/api/v1/sharing/account", open).await.status.is_success());
    let opened = newest(&app, &admin).await;
    assert_eq!(seen().await, 1);
    assert_eq!(undo(&opened).await.status, 204);
    assert_eq!(seen().await, 0, "closed again");
    undo(&opened).await.problem(409, "changed_since");
    assert_eq!(undo(&narrowed).await.status, 204);
    assert_eq!(seen().await, 1, "open again");

    // The sign-in policy, of which what is not named stays.
    let policy = async || admin.get("/api/v1/sessions/current").await.json()["user"]["organisation"]["sign_in"].clone();
    let before = policy().await;
    assert_eq!(admin.patch("/api/v1/organisation", json!({"sign_in": {"idle_hours": 12}})).await.status, 200);
    let shortened = newest(&app, &admin).await;
    assert_eq!((&policy().await["idle_hours"], &policy().await["password_min"]), (&json!(12), &before["password_min"]));
    let wrong = admin.patch("/api/v1/organisation", json!({"sign_in": {"password_min": 4}})).await.problem(422, "validation");
    assert_eq!(wrong["errors"][0]["field"], "sign_in.password_min");
    assert_eq!(undo(&shortened).await.status, 204);
    assert_eq!(policy().await, before);

    // What is no change of rights is not taken back from here.
    let object = json!({"name": "x_thing", "label": {"zh": "物", "en": "Thing"}, "module": "customers", "fields": [
        {"name": "name", "label": {"zh": "名称", "en": "Name"}, "type": "text", "required": true},
    ]});
    assert_eq!(admin.post("/api/v1/objects", object).await.status, 201);
    undo(&newest(&app, &admin).await).await.problem(409, "not_undoable");
    undo(&json!(999_999)).await.problem(404, "not_found");
});
