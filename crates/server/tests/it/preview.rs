//! An administrator looks as a user does: what is seen goes by the user's rights, nothing can be changed, and it is in the audit log.

use guanxi_engine::audit;
use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

const PREVIEW: &str = "/api/v1/sessions/current/preview";

server_test!(an_administrator_sees_what_a_user_sees_and_changes_nothing, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let own = li.post("/api/v1/records/account", json!({"name": "李的客户"})).await.json()["id"].as_str().expect("an id").to_owned();
    let id = li.get("/api/v1/sessions/current").await.json()["user"]["id"].clone();
    let admin = app.admin().await.with("accept-language", "en");
    assert_eq!(admin.patch("/api/v1/organisation", json!({"record_scope": "own"})).await.status, 200);
    let admins =
        admin.post("/api/v1/records/account", json!({"name": "管理员的客户"})).await.json()["id"].as_str().expect("an id").to_owned();
    let names = async || -> Vec<String> {
        let found = admin.get("/api/v1/query?q=SELECT%20name%20FROM%20account%20ORDER%20BY%20name").await.json();
        found["records"].as_array().expect("records").iter().map(|r| r["name"].as_str().unwrap_or("").to_owned()).collect()
    };
    assert_eq!(names().await.len(), 2);

    assert_eq!(admin.put(PREVIEW, json!({"user": id})).await.status, 204);
    assert_eq!(names().await, ["李的客户"]);
    assert_eq!(admin.get(&format!("/api/v1/records/account/{admins}")).await.status, 404);
    let me = admin.get("/api/v1/sessions/current").await.json();
    assert_eq!((&me["user"]["id"], me["user"]["administrator"].as_bool()), (&id, Some(false)));
    assert!(me["user"]["previewed_by"]["name"].is_string(), "{me}");

    // Nothing can be changed, by whatever way, and no way in of the user's can be made.
    for answer in [
        admin.post("/api/v1/records/account", json!({"name": "x"})).await,
        admin.patch(&format!("/api/v1/records/account/{own}"), json!({"name": "x"})).await,
        admin.delete(&format!("/api/v1/records/account/{own}")).await,
        admin.patch("/api/v1/me", json!({"theme": "dark"})).await,
        admin.post("/api/v1/tokens", json!({"name": "x"})).await,
        admin.post("/api/v1/me/second_factor", json!({})).await,
        admin.post("/api/v1/sessions/current/proof", json!({"password": "x"})).await,
        admin.put(PREVIEW, json!({"user": id})).await,
        admin.delete("/api/v1/sessions").await,
    ] {
        answer.problem(403, "preview_reads_only");
    }
    let found = admin.post("/api/v1/query", json!({"q": "SELECT COUNT(id) n FROM account"})).await;
    assert_eq!(found.json()["records"][0]["n"], 1, "a question by POST changes nothing: {}", found.text());

    // The user knows nothing of it, and another session of the administrator sees everything.
    assert!(li.get("/api/v1/sessions/current").await.json()["user"]["previewed_by"].is_null());
    assert_eq!(app.admin().await.get(&format!("/api/v1/records/account/{admins}")).await.status, 200);

    assert_eq!(admin.delete(PREVIEW).await.status, 204);
    assert_eq!(names().await.len(), 2);
    assert_eq!(admin.delete(PREVIEW).await.status, 204, "it does no harm twice");
    audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=preview_begin").await.json();
    assert_eq!(entries["entries"][0]["entry"]["record"], id, "{entries}");
});

server_test!(only_administrators_look_as_others_and_only_as_who_is_there, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let wang = app.user("wang", "standard").await.get("/api/v1/sessions/current").await.json()["user"]["id"].clone();
    li.put(PREVIEW, json!({"user": wang})).await.problem(403, "forbidden");
    let admin = app.admin().await;
    let me = admin.get("/api/v1/sessions/current").await.json()["user"]["id"].clone();
    assert_eq!(admin.put(PREVIEW, json!({"user": me})).await.problem(422, "validation")["errors"][0]["field"], "user");
    admin.put(PREVIEW, json!({"user": "nobody"})).await.problem(404, "not_found");

    // Whoever is deactivated meanwhile is nobody to look as: the session is the administrator's again.
    assert_eq!(admin.put(PREVIEW, json!({"user": wang})).await.status, 204);
    let path = format!("/api/v1/records/user/{}", wang.as_str().unwrap_or(""));
    assert_eq!(app.admin().await.patch(&path, json!({"active": false})).await.status, 200);
    assert_eq!(admin.get("/api/v1/sessions/current").await.json()["user"]["id"], me);
    assert_eq!(admin.put(PREVIEW, json!({"user": wang})).await.problem(422, "validation")["errors"][0]["code"], "inactive");
});
