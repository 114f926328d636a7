//! Many writes in one call.

use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(each_for_itself, |app: TestApp| async move {
    let admin = app.admin().await;
    let id = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json()["id"].clone();
    let gone = admin.post("/api/v1/records/account", json!({"name": "乙"})).await.json()["id"].clone();
    let answer = admin
        .post(
            "/api/v1/records/account/bulk",
            json!({"all_or_none": false, "operations": [
                {"op": "create", "values": {"name": "丙"}},
                {"op": "create", "values": {"colour": "red"}},
                {"op": "update", "id": id, "values": {"name": "甲二"}},
                {"op": "update", "id": "0010000000000000AAA", "values": {"name": "x"}},
                {"op": "update", "id": id, "values": {"name": "x"}, "version": 99},
                {"op": "delete", "id": gone},
                {"op": "update", "values": {"name": "x"}}
            ]}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let statuses: Vec<_> = body["results"].as_array().unwrap().iter().map(|r| r["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["created", "error", "updated", "error", "error", "deleted", "error"], "{body}");
    let codes: Vec<_> = body["results"].as_array().unwrap().iter().map(|r| r["error"]["code"].as_str().unwrap_or("")).collect();
    assert_eq!(codes, ["", "validation", "", "not_found", "version_conflict", "", "validation"]);
    assert_eq!(body["results"][6]["error"]["errors"][0]["field"], json!("operations[6].id"));
    assert_eq!(body["change_set"], json!(answer.header("guanxi-change-set")));
    assert_eq!(admin.query("SELECT name FROM account ORDER BY name").await["total"], json!(2));
});

server_test!(all_or_none, |app: TestApp| async move {
    let admin = app.admin().await;
    let operations = json!([{"op": "create", "values": {"name": "甲"}}, {"op": "create", "values": {"name": "乙", "colour": "red"}}]);
    let refused = admin.post("/api/v1/records/account/bulk", json!({"all_or_none": true, "operations": operations})).await;
    refused.problem(422, "validation");
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(0));
    let operations: Vec<_> = (0..1000).map(|n| json!({"op": "create", "values": {"name": format!("公司{n}")}})).collect();
    let done = admin.post("/api/v1/records/account/bulk", json!({"all_or_none": true, "operations": operations})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(1000));
    let set = done.header("guanxi-change-set").to_owned();
    let undone = admin.post(&format!("/api/v1/change_sets/{set}/undo"), json!(null)).await.json();
    assert_eq!(undone["reverted"], json!(1000));
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(0));
});

server_test!(what_is_large_is_taken_back_by_a_job, |app: TestApp| async move {
    let admin = app.admin().await;
    let operations: Vec<_> = (0..2001).map(|n| json!({"op": "create", "values": {"name": format!("公司{n}")}})).collect();
    let done = admin.post("/api/v1/records/account/bulk", json!({"all_or_none": true, "operations": operations})).await;
    let set = done.header("guanxi-change-set").to_owned();
    let path = format!("/api/v1/change_sets/{set}/undo");
    app.user("li", "read_only").await.post(&path, json!(null)).await.problem(403, "forbidden");
    let queued = admin.post(&path, json!(null)).await;
    assert_eq!(queued.status, 202, "{}", queued.text());
    guanxi_engine::jobs::Worker::new().run_pending(&app.test.org).await.expect("ran");
    let job = admin.get(&format!("/api/v1/jobs/{}", queued.json()["id"].as_str().unwrap())).await.json();
    assert_eq!((&job["state"], &job["result"]["reverted"]), (&json!("succeeded"), &json!(2001)), "{job}");
    assert_eq!(admin.query("SELECT id FROM account").await["total"], json!(0));
});

server_test!(strict_and_bounded, |app: TestApp| async move {
    let admin = app.admin().await;
    let bulk = "/api/v1/records/account/bulk";
    let problem = admin.post(bulk, json!({"operations": []})).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["field"], json!("all_or_none"));
    let problem = admin.post(bulk, json!({"all_or_none": true, "operations": [{"op": "destroy"}]})).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["field"], json!("operations[0].op"));
    let many: Vec<_> = (0..10_001).map(|_| json!({"op": "create", "values": {}})).collect();
    admin.post(bulk, json!({"all_or_none": true, "operations": many})).await.problem(413, "too_many_operations");
    assert_eq!(admin.post(bulk, json!({"all_or_none": true, "operations": []})).await.json(), json!({"change_set": null, "results": []}));
});
