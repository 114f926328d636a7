//! Search over HTTP.

use std::time::Duration;

use guanxi_engine::search::Follower;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::server_test;

/// Waits until a search finds something.
async fn found(client: &Client, query: &str) -> Value {
    for _ in 0..1_500 {
        let answer = client.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        if answer["groups"].as_array().is_some_and(|groups| !groups.is_empty()) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{query} finds nothing");
}

server_test!(what_is_found_comes_by_object, |app: TestApp| async move {
    let follower = Follower::start(&app.test.org);
    let admin = app.admin().await;
    let account = app.test.create("account", json!({"name": "上海云帆科技有限公司", "phone": "021-68881234"})).await;
    for i in 0..3 {
        let values = json!({"name": format!("云帆联系人{i}"), "account_id": app.test.id(account), "title": "采购经理"});
        app.test.create("contact", values).await;
    }
    found(&admin, "q=%E8%81%94%E7%B3%BB%E4%BA%BA2").await;
    let answer = found(&admin.with("accept-language", "zh-CN"), "q=yunfan&limit=2").await;
    let groups = answer["groups"].as_array().unwrap();
    let contacts = groups.iter().find(|g| g["object"] == "contact").expect("contacts");
    assert_eq!((&contacts["label"], &contacts["more"], contacts["records"].as_array().unwrap().len()), (&json!("联系人"), &json!(true), 2));
    let first = &contacts["records"][0];
    assert_eq!(first["name"], "云帆联系人2", "the newest first");
    assert_eq!(first["detail"], "上海云帆科技有限公司 · 采购经理");
    assert_eq!(first["name_pieces"], json!([{"text": "云帆", "hit": true}, {"text": "联系人2", "hit": false}]));
    assert_eq!(answer["complete"], true);
    let only = found(&admin, "q=yunfan&objects=account").await;
    assert_eq!(only["groups"].as_array().unwrap().len(), 1);
    assert_eq!((&only["groups"][0]["object"], &only["groups"][0]["more"]), (&json!("account"), &json!(false)));
    assert_eq!(found(&admin, "q=8123").await["groups"][0]["records"][0]["highlight"]["field"], "phone");
    let metrics = String::from_utf8(app.nobody().get("/metrics").await.body).unwrap();
    assert!(metrics.contains("\nguanxi_search_behind 0\n"), "{metrics}");
    follower.stop().await;
});

server_test!(what_makes_no_sense_is_refused, |app: TestApp| async move {
    let admin = app.admin().await;
    admin.get("/api/v1/search").await.problem(400, "invalid_parameter");
    admin.get("/api/v1/search?q=x&limit=0").await.problem(400, "invalid_parameter");
    admin.get("/api/v1/search?q=x&limit=51").await.problem(400, "invalid_parameter");
    admin.get("/api/v1/search?q=x&objects=account,nothing").await.problem(404, "unknown_object");
    admin.get(&format!("/api/v1/search?q={}", "x".repeat(501))).await.problem(400, "query_too_long");
    app.nobody().get("/api/v1/search?q=x").await.problem(401, "not_signed_in");
    // Before there is an index: nothing is found, and it is said why.
    assert_eq!(admin.get("/api/v1/search?q=x").await.json(), json!({"groups": [], "complete": false}));
});
