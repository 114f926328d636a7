//! The audit log over HTTP.

use guanxi_engine::audit;
use serde_json::json;

use crate::app::{Answer, TestApp};
use crate::server_test;

const PATHS: [&str; 6] = ["checkpoint", "key", "tile/0/000.p/1", "tile/entries/000.p/1", "entries", "table"];

fn body(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("a text")
}

server_test!(an_administrator_reads_the_log, |app: TestApp| async move {
    let admin = app.admin().await;
    let made = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json();
    admin.get("/api/v1/audit/checkpoint").await.problem(404, "not_found");
    let size = audit::catch_up(&app.test.org).await.expect("caught up");

    let checkpoint = admin.get("/api/v1/audit/checkpoint").await;
    assert_eq!((checkpoint.status.as_u16(), checkpoint.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert_eq!(body(&checkpoint).lines().nth(1), Some(size.to_string().as_str()));
    let key = audit::Verifier::parse(body(&admin.get("/api/v1/audit/key").await)).expect("a key");
    assert_eq!(key.open(body(&checkpoint)).expect("signed").size, size);

    let tile = admin.get("/api/v1/audit/tile/0/000.p/3").await;
    assert_eq!((tile.status.as_u16(), tile.header("content-type"), tile.body.len()), (200, "application/octet-stream", 96));
    let entries = admin.get("/api/v1/audit/tile/entries/000.p/3").await;
    let first = usize::from(u16::from_be_bytes([entries.body[0], entries.body[1]]));
    assert_eq!(entries.body[2..12], *b"{\"v\":1,\"ch");
    assert!(entries.body.len() > first);
    for path in ["0/001", "0/000", "63/000.p/1", "entries/000", "nonsense", "0/000.p/256", "0/x"] {
        admin.get(&format!("/api/v1/audit/tile/{path}")).await.problem(404, "not_found");
    }

    let id = made["id"].as_str().expect("an id");
    let found = admin.get(&format!("/api/v1/audit/entries?record={id}&kind=create&limit=1")).await.json();
    let entry = &found["entries"][0];
    assert_eq!((&entry["entry"]["record"], &entry["entry"]["door"], &entry["text"]), (&made["id"], &json!("rest"), &json!("kept")));
    let name = entry["fields"].as_array().expect("fields").iter().find(|f| f["field"] == "name").expect("the name");
    assert_eq!((&name["old"], &name["new"]), (&json!(null), &json!("甲")));
    assert_eq!(found["next"], json!(null));
    let two = admin.get("/api/v1/audit/entries?limit=2").await.json();
    let next = two["next"].as_str().expect("more");
    let more = admin.get(&format!("/api/v1/audit/entries?limit=2&cursor={next}")).await.json();
    assert!(more["entries"][0]["index"].as_i64() != two["entries"][1]["index"].as_i64());
    for wrong in ["limit=0", "from=x", "to=1", "user=x", "record=x", "cursor=x", "kind=x", "nonsense=1"] {
        assert_eq!(admin.get(&format!("/api/v1/audit/entries?{wrong}")).await.status, 400, "{wrong}");
    }
});

server_test!(nobody_else_does, |app: TestApp| async move {
    audit::catch_up(&app.test.org).await.expect("caught up");
    for role in ["sales_manager", "standard", "read_only"] {
        let client = app.user(&role.replace('_', ""), role).await;
        for path in PATHS {
            client.get(&format!("/api/v1/audit/{path}")).await.problem(403, "forbidden");
        }
    }
    for path in PATHS {
        app.nobody().get(&format!("/api/v1/audit/{path}")).await.problem(401, "not_signed_in");
    }
});

server_test!(what_is_refused_is_noted, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    for _ in 0..65 {
        li.get("/api/v1/audit/entries?kind=create").await.problem(403, "forbidden");
    }
    // What is not there for the user, and what only asks for something first, is not refused.
    let wang = app.user("wang", "standard").await;
    wang.get("/api/v1/records/account/001000000000CmuAAE").await.problem(404, "not_found");
    app.test.clock.advance(16 * 60 * 1_000_000);
    wang.post("/api/v1/tokens", json!({"name": "x"})).await.problem(403, "step_up_required");
    audit::catch_up(&app.test.org).await.expect("caught up");
    let admin = app.admin().await;
    let noted = admin.get("/api/v1/audit/entries?kind=refused&limit=100").await.json();
    let entries = noted["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 60, "the first ones of many");
    assert_eq!(entries[0]["body"], json!({"request": "GET /api/v1/audit/entries", "code": "forbidden", "more_are_not_noted": true}));
    assert_eq!(entries[59]["body"], json!({"request": "GET /api/v1/audit/entries", "code": "forbidden"}));
    assert_eq!(entries[0]["by"]["name"], "li");
});

server_test!(the_log_goes_out_as_a_table, |app: TestApp| async move {
    let admin = app.admin().await;
    let made = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json();
    let size = audit::catch_up(&app.test.org).await.expect("caught up");
    let id = made["id"].as_str().expect("an id");
    let page = admin.get(&format!("/api/v1/audit/entries?record={id}")).await.json();
    assert_eq!((page["signed"].as_u64(), page["entries"][0]["closed"].as_bool()), (Some(size), Some(false)));
    let table = admin.get(&format!("/api/v1/audit/table?record={id}")).await;
    assert_eq!((table.status.as_u16(), table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(table.header("content-disposition").starts_with("attachment; filename"));
    assert!(body(&table).contains("甲"));
    assert_eq!(admin.get("/api/v1/audit/table?cursor=1").await.status, 400);
    assert_eq!(admin.get("/api/v1/sessions/current").await.json()["user"]["rights"]["view_audit"], true);
});
