//! Queries and lists over HTTP.

use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(errors_have_their_position, |app: TestApp| async move {
    let admin = app.admin().await;
    let problem = admin.post("/api/v1/query", json!({"q": "SELECT id FRM account"})).await.problem(400, "query_syntax");
    assert_eq!(problem["position"], json!(10));
    let problem = admin.get("/api/v1/query?q=SELECT%20id,%20colour%20FROM%20account").await.problem(400, "unknown_field");
    assert_eq!(problem["position"], json!(11));
    admin.post("/api/v1/query", json!({"q": "SELECT id FROM account", "limit": 0})).await.problem(400, "invalid_parameter");
    admin.post("/api/v1/query", json!({"q": "SELECT id FROM account", "limit": 2001})).await.problem(400, "invalid_parameter");
    assert!(admin.post("/api/v1/query", json!({"q": "SELECT id FROM account", "cursor": "nonsense"})).await.status.is_client_error());
    admin.get("/api/v1/query").await.problem(400, "invalid_parameter");
    admin.get("/api/v1/query?q=SELECT%20id%20FROM%20account&colour=red").await.problem(400, "invalid_parameter");
    assert_eq!(admin.post("/api/v1/query", json!({"q": ""})).await.status, 400);
});

server_test!(pages_never_skip_or_repeat, |app: TestApp| async move {
    let admin = app.admin().await;
    let operations: Vec<_> = (0..25).map(|n| json!({"op": "create", "values": {"name": format!("公司{:02}", n / 3)}})).collect();
    assert_eq!(admin.post("/api/v1/records/account/bulk", json!({"all_or_none": true, "operations": operations})).await.status, 200);
    let (mut seen, mut cursor, mut first) = (Vec::new(), json!(null), true);
    loop {
        let q = "SELECT id, name FROM account ORDER BY name";
        let page = admin.post("/api/v1/query", json!({"q": q, "limit": 7, "cursor": cursor, "total": first})).await.json();
        assert_eq!(page["total"], if first { json!(25) } else { json!(null) });
        seen.extend(page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        (cursor, first) = (page["next"].clone(), false);
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 25);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
    let list = admin.get("/api/v1/records/account?limit=10&fields=id,name&total=true").await.json();
    assert_eq!((list["records"].as_array().unwrap().len(), &list["total"]), (10, &json!(25)));
    let next = list["next"].as_str().unwrap().to_owned();
    let rest = admin.get(&format!("/api/v1/records/account?limit=100&fields=id,name&cursor={next}")).await.json();
    assert_eq!((rest["records"].as_array().unwrap().len(), &rest["next"]), (15, &json!(null)));
});

server_test!(views_are_saved_and_used, |app: TestApp| async move {
    let admin = app.admin().await;
    for name in ["甲", "乙"] {
        admin.post("/api/v1/records/account", json!({"name": name})).await;
    }
    let new = json!({"label": "只有甲", "object": "account", "kind": "list", "columns": ["name"], "sort": [{"field": "name", "desc": false}],
        "filter": {"field": "name", "op": "=", "value": "甲"}, "board": null, "scope": "private"});
    let made = admin.post("/api/v1/views", new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/api/v1/views/{id}"));
    let page = admin.get(&format!("/api/v1/records/account?view={id}&fields=name")).await.json();
    assert_eq!(page["records"], json!([{"name": "甲"}]));
    let changed = admin.patch(&format!("/api/v1/views/{id}"), json!({"label": "甲们"})).await;
    assert_eq!(changed.json()["label"], json!("甲们"), "{}", changed.text());
    let li = app.user("li", "standard").await;
    li.patch(&format!("/api/v1/views/{id}"), json!({"label": "x"})).await.problem(404, "not_found");
    assert!(li.get("/api/v1/views?object=account").await.json()["views"].as_array().unwrap().iter().all(|v| v["id"] != json!(id)));
    assert_eq!(admin.delete(&format!("/api/v1/views/{id}")).await.status, 204);
    admin.delete(&format!("/api/v1/views/{id}")).await.problem(404, "not_found");
});
