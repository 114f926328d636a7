//! With the scope `own`, a record of someone else is nowhere to be seen, by whichever door. Its name is a canary that no answer may
//! contain.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};
use crate::server_test;

const CANARY: &str = "金丝雀七三九一";

/// An administrator's account with the canary, and a standard user who may not see it but has an account of their own.
async fn two(app: &TestApp) -> (String, Client, Client) {
    app.own_records_only().await;
    let admin = app.admin().await;
    let hidden = admin.post("/api/v1/records/account", json!({"name": CANARY})).await.json()["id"].as_str().unwrap().to_owned();
    let li = app.user("li", "standard").await;
    assert_eq!(li.post("/api/v1/records/account", json!({"name": "自己的"})).await.status, 201);
    (hidden, admin, li)
}

#[track_caller]
fn silent(answer: &Answer) -> Value {
    assert!(!String::from_utf8_lossy(&answer.body).contains(CANARY), "{}", answer.text());
    assert!(!String::from_utf8_lossy(&answer.body).contains("金丝雀"), "{}", answer.text());
    answer.json()
}

server_test!(by_reading, |app: TestApp| async move {
    let (hidden, _, li) = two(&app).await;
    for path in ["", "/history", "/timeline"] {
        li.get(&format!("/api/v1/records/account/{hidden}{path}")).await.problem(404, "not_found");
    }
    let list = silent(&li.get("/api/v1/records/account?total=true").await);
    assert_eq!((list["records"].as_array().unwrap().len(), &list["total"]), (1, &json!(1)));
    for q in [
        "SELECT name FROM account ORDER BY name".to_owned(),
        "SELECT name FROM account ORDER BY name DESC".to_owned(),
        format!("SELECT id, name FROM account WHERE id = '{hidden}'"),
        format!("SELECT name FROM account WHERE name = '{CANARY}'"),
        "SELECT name FROM account WHERE name LIKE '%雀%' OR name != '自己的'".to_owned(),
        "SELECT name, COUNT(id) n FROM account GROUP BY name".to_owned(),
        "SELECT MAX(name) m, MIN(name) n FROM account".to_owned(),
    ] {
        let page = silent(&li.post("/api/v1/query", json!({"q": q, "total": true})).await);
        assert!(page["records"].as_array().unwrap().len() <= 1, "{q}: {page}");
    }
    assert_eq!(li.query("SELECT COUNT(id) n FROM account").await["records"], json!([{"n": 1}]));
    assert_eq!(li.query(&format!("SELECT id FROM account WHERE name = '{CANARY}'")).await["total"], json!(0));
});

server_test!(by_a_lookup, |app: TestApp| async move {
    let (hidden, admin, li) = two(&app).await;
    let me = li.get("/api/v1/sessions/current").await.json()["user"]["id"].clone();
    // A contact of the user's own hangs on the hidden account: the account's name stays hidden, in select, filter, order and group.
    let made = admin.post("/api/v1/records/contact", json!({"name": "王芳", "account_id": hidden, "owner_id": me})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for q in [
        "SELECT name, account.name FROM contact".to_owned(),
        format!("SELECT name FROM contact WHERE account.name = '{CANARY}'"),
        "SELECT name FROM contact ORDER BY account.name".to_owned(),
        "SELECT account.name, COUNT(id) n FROM contact GROUP BY account.name".to_owned(),
    ] {
        silent(&li.post("/api/v1/query", json!({"q": q, "total": true})).await);
    }
    assert_eq!(li.query(&format!("SELECT name FROM contact WHERE account.name = '{CANARY}'")).await["total"], json!(0));
    // And nothing of one's own can be hung on it, nor can one find out by trying that it exists.
    let hung = li.post("/api/v1/records/contact", json!({"name": "李强", "account_id": hidden})).await.problem(422, "validation");
    let nowhere =
        li.post("/api/v1/records/contact", json!({"name": "李强", "account_id": "001000000000zzzAAA"})).await.problem(422, "validation");
    assert_eq!(hung["errors"][0]["field"], nowhere["errors"][0]["field"]);
});

server_test!(by_writing, |app: TestApp| async move {
    let (hidden, admin, li) = two(&app).await;
    let path = format!("/api/v1/records/account/{hidden}");
    li.patch(&path, json!({"name": "改"})).await.problem(404, "not_found");
    li.with("if-match", "\"99\"").patch(&path, json!({"name": "改"})).await.problem(404, "not_found");
    li.delete(&path).await.problem(404, "not_found");
    let operations = json!([{"op": "update", "id": hidden, "values": {"name": "改"}}, {"op": "delete", "id": hidden}]);
    let bulk = silent(&li.post("/api/v1/records/account/bulk", json!({"all_or_none": false, "operations": operations})).await);
    for result in bulk["results"].as_array().unwrap() {
        assert_eq!(result["error"]["code"], json!("not_found"));
    }
    let set = admin.patch(&path, json!({"phone": "13800138000"})).await.header("guanxi-change-set").to_owned();
    let undo = li.post(&format!("/api/v1/change_sets/{set}/undo"), json!(null)).await;
    silent(&undo);
    let after = admin.get(&path).await.json();
    assert_eq!((&after["name"], &after["version"]), (&json!(CANARY), &json!(2)));
});

server_test!(by_the_change_log_and_the_bin, |app: TestApp| async move {
    let (hidden, admin, li) = two(&app).await;
    let feed = silent(&li.get("/api/v1/changes?after=0&limit=2000").await);
    assert!(feed["changes"].as_array().unwrap().iter().all(|c| c["id"] != json!(hidden)));
    let next = feed["next"].as_i64().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/records/account/{hidden}")).await.status, 204);
    let feed = silent(&li.get(&format!("/api/v1/changes?after={next}")).await);
    assert!(feed["changes"].as_array().unwrap().iter().all(|c| c["id"] != json!(hidden)), "{feed}");
    let bin = silent(&li.get("/api/v1/recycle_bin").await);
    assert_eq!(bin["records"], json!([]));
    let restored = silent(&li.post("/api/v1/recycle_bin/restore", json!({"ids": [hidden]})).await);
    assert_eq!(restored["restored"], json!(0));
    let purged = li.post("/api/v1/recycle_bin/purge", json!({"ids": [hidden]})).await;
    assert!(purged.status == 403 || purged.status == 404, "{}", purged.text());
    assert_eq!(admin.get("/api/v1/recycle_bin").await.json()["records"][0]["id"], json!(hidden));
});

server_test!(by_files, |app: TestApp| async move {
    let (hidden, admin, li) = two(&app).await;
    let upload = |client: Client, path: String| async move {
        client.send(Method::POST, &path, Body::from("内容"), Some("application/octet-stream")).await
    };
    let file = upload(admin.clone(), format!("/api/v1/files?name=a.txt&related_to={hidden}")).await;
    assert_eq!(file.status, 201, "{}", file.text());
    let id = file.json()["id"].as_str().unwrap().to_owned();
    for path in ["", "/content", "/versions"] {
        li.get(&format!("/api/v1/files/{id}{path}")).await.problem(404, "not_found");
    }
    li.get(&format!("/api/v1/records/file/{id}")).await.problem(404, "not_found");
    let put = li.send(Method::PUT, &format!("/api/v1/files/{id}/content"), Body::from("x"), None).await;
    put.problem(404, "not_found");
    upload(li, format!("/api/v1/files?name=b.txt&related_to={hidden}")).await.problem(404, "not_found");
});

server_test!(by_exporting, |app: TestApp| async move {
    let (_, admin, li) = two(&app).await;
    let export = |client: Client| async move {
        client.post("/api/v1/exports", json!({"q": "SELECT name FROM account ORDER BY name", "format": "csv"})).await
    };
    let (own, all) = (export(li.clone()).await, export(admin.clone()).await);
    assert_eq!((own.status.as_u16(), all.status.as_u16()), (202, 202), "{} {}", own.text(), all.text());
    guanxi_engine::jobs::Worker::new().run_pending(&app.test.org).await.expect("the jobs run");
    let (own, all) = (own.json()["id"].as_str().unwrap().to_owned(), all.json()["id"].as_str().unwrap().to_owned());
    let file = li.get(&format!("/api/v1/exports/{own}/file")).await;
    assert_eq!(file.status, 200, "{}", file.text());
    let text = String::from_utf8_lossy(&file.body).into_owned();
    assert!(text.contains("自己的") && !text.contains(CANARY), "{text}");
    // Another's export, its job and its file are not there.
    li.get(&format!("/api/v1/exports/{all}/file")).await.problem(404, "not_found");
    li.get(&format!("/api/v1/jobs/{all}")).await.problem(404, "not_found");
    li.post(&format!("/api/v1/jobs/{all}/cancel"), json!(null)).await.problem(404, "not_found");
    assert_eq!(li.get("/api/v1/jobs").await.json()["jobs"].as_array().unwrap().len(), 1);
    assert!(String::from_utf8_lossy(&admin.get(&format!("/api/v1/exports/{all}/file")).await.body).contains(CANARY));
});

server_test!(by_rights_on_objects, |app: TestApp| async move {
    let reader = app.user("reader", "read_only").await;
    reader.post("/api/v1/records/account", json!({"name": "x"})).await.problem(403, "forbidden");
    reader
        .post("/api/v1/objects", json!({"name": "x_thing", "label": {"zh": "物", "en": "Thing"}, "module": "platform", "fields": []}))
        .await
        .problem(403, "forbidden");
    reader.delete("/api/v1/objects/account").await.problem(403, "forbidden");
    let imported = reader.send(Method::POST, "/api/v1/imports?object=account&file_name=a.csv", Body::from("name\nx\n"), None).await;
    imported.problem(403, "forbidden");
    reader.post("/api/v1/exports", json!({"q": "SELECT name FROM account"})).await.problem(403, "forbidden");
});
