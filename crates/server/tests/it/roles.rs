//! Roles over the API: made, changed, in use, and what they do to what is answered.

use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(a_role_is_made_changed_and_removed, |app: TestApp| async move {
    let admin = app.admin().await.with("accept-language", "en");
    let roles = admin.get("/api/v1/roles").await.json()["roles"].as_array().cloned().unwrap();
    let standard = roles.iter().find(|r| r["name"] == "standard").unwrap();
    assert_eq!((&standard["kind"], &standard["standard"], &standard["editable"]), (&json!("profile"), &json!(true), &json!(true)));
    let role = json!({
        "name": "x_sales",
        "label": {"zh": "销售", "en": "Sales"},
        "objects": {"*": {"read": true, "create": true, "edit": true}},
        "fields": {"opportunity": {"amount": {"access": "hidden"}}},
    });
    let made = admin.post("/api/v1/roles", role.clone()).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, "/api/v1/roles/x_sales"), "{}", made.text());
    admin.post("/api/v1/roles", role.clone()).await.problem(409, "exists");
    let mut wrong = role.clone();
    wrong["fields"]["opportunity"]["nothing"] = json!({"access": "read"});
    let refused = admin.put("/api/v1/roles/x_sales", wrong).await;
    assert_eq!(refused.problem(422, "validation")["errors"][0]["field"], "fields.opportunity.nothing");

    let seen = admin.get("/api/v1/roles/x_sales").await;
    let tag = seen.header("etag").to_owned();
    let mut next = role.clone();
    next["export"] = json!(true);
    let changed = admin.with("if-match", &tag).put("/api/v1/roles/x_sales", next.clone()).await;
    assert_eq!((changed.status.as_u16(), changed.json()["export"].clone()), (200, json!(true)), "{}", changed.text());
    let late = admin.with("if-match", &tag).put("/api/v1/roles/x_sales", role).await;
    assert_eq!(late.problem(412, "version_conflict")["current"]["export"], true);

    let ann = app.user("ann", "x_sales").await.with("accept-language", "en");
    let deal = admin.post("/api/v1/records/opportunity", json!({"name": "网关", "amount": "987654"})).await.json();
    let id = deal["id"].as_str().unwrap();
    assert!(!ann.get(&format!("/api/v1/records/opportunity/{id}")).await.text().contains("987654"));
    ann.get("/api/v1/query?q=SELECT%20id%20FROM%20opportunity%20WHERE%20amount%20%3E%201").await.problem(400, "unknown_field");
    for refused in [ann.get("/api/v1/roles").await, ann.get("/api/v1/roles/standard").await, ann.delete("/api/v1/roles/x_sales").await] {
        refused.problem(403, "forbidden");
    }
    admin.delete("/api/v1/roles/x_sales").await.problem(409, "role_in_use");
    admin.get("/api/v1/roles/nothing").await.problem(404, "unknown_role");

    let me = ann.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().unwrap().to_owned();
    let why = admin.get(&format!("/api/v1/access?user={me}&record={id}&field=amount")).await.json();
    assert_eq!((&why["read"], &why["field"]["shown"]), (&json!(true), &json!("hidden")));
    assert_eq!(why["field"]["steps"][0]["text"], "The role “Sales” hides the field.");
    let other = app.test.id(app.test.admin().user);
    ann.get(&format!("/api/v1/access?user={other}&record={id}")).await.problem(403, "forbidden");
    ann.get(&format!("/api/v1/access?user={me}&record={id}&field=amount")).await.problem(400, "unknown_field");
});
