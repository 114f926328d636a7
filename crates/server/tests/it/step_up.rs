//! Sensitive acts need a proof of who sits there that is not older than a quarter of an hour.

use guanxi_testkit::org::ADMIN_PASSWORD;
use serde_json::json;

use crate::app::{Answer, Client, TestApp};
use crate::server_test;

const MINUTE: i64 = 60 * 1_000_000;

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().expect("an id").to_owned()
}

/// Every sensitive act, by what it is called.
async fn acts(admin: &Client, li: &str, team: &str) -> Vec<(&'static str, Answer)> {
    let role = json!({"name": "x_step", "label": {"zh": "甲", "en": "A"}});
    let user = format!("/api/v1/records/user/{li}");
    let edit = json!({"ids": [li], "values": {"role": "read_only"}});
    let bulk = json!({"all_or_none": true, "operations": [{"op": "update", "id": li, "values": {"role": "read_only"}}]});
    vec![
        ("a role made", admin.post("/api/v1/roles", role.clone()).await),
        ("a role changed", admin.put("/api/v1/roles/x_step", role).await),
        ("a role removed", admin.delete("/api/v1/roles/x_step").await),
        ("whose records everyone sees", admin.patch("/api/v1/organisation", json!({"record_scope": "all"})).await),
        ("how an object is shared", admin.put("/api/v1/sharing/account", json!({"object": "account", "hierarchy": false})).await),
        ("a change of rights taken back", admin.post("/api/v1/changes/1/undo", json!({})).await),
        ("a person erased", admin.post("/api/v1/records/contact/none/erase", json!({"name": "x"})).await),
        ("where checkpoints go", admin.put("/api/v1/audit/posting", json!({"url": null, "every": "hour"})).await),
        ("a user's role", admin.patch(&user, json!({"role": "read_only"})).await),
        ("a user's permission sets", admin.patch(&user, json!({"permission_sets": ["x_set"]})).await),
        ("a user's e-mail", admin.patch(&user, json!({"email": "li2@example.com"})).await),
        ("a new team", admin.post("/api/v1/records/team", json!({"name": "三组"})).await),
        ("a new position", admin.post("/api/v1/records/position", json!({"name": "总监"})).await),
        ("a new public group", admin.post("/api/v1/records/public_group", json!({"name": "财务"})).await),
        ("a new territory", admin.post("/api/v1/records/territory", json!({"name": "华东"})).await),
        ("teams changed", admin.post("/api/v1/records/team/bulk_edit", json!({"ids": [team], "values": {"name": "四组"}})).await),
        ("many users' roles", admin.post("/api/v1/records/user/bulk_edit", edit).await),
        ("roles in a bulk write", admin.post("/api/v1/records/user/bulk", bulk).await),
        ("a new user", admin.post("/api/v1/records/user", json!({"name": "新", "email": "new@example.com", "role": "standard"})).await),
        ("another's password", admin.put(&format!("/api/v1/users/{li}/password"), json!({"password": "a new long one"})).await),
        ("another's second factor", admin.delete(&format!("/api/v1/users/{li}/second_factor")).await),
        ("an invitation", admin.post(&format!("/api/v1/users/{li}/invitation"), json!({})).await),
        ("outgoing mail", admin.get("/api/v1/mails").await),
        ("a token", admin.post("/api/v1/tokens", json!({"name": "x"})).await),
        ("a second factor begun", admin.post("/api/v1/me/second_factor", json!({})).await),
        ("a second factor confirmed", admin.put("/api/v1/me/second_factor", json!({"code": "000000"})).await),
        ("recovery codes", admin.post("/api/v1/me/second_factor/recovery_codes", json!({})).await),
        ("a second factor turned off", admin.post("/api/v1/me/second_factor/off", json!({"password": ADMIN_PASSWORD})).await),
        ("a passkey begun", admin.post("/api/v1/me/passkeys/challenge", json!({})).await),
        ("a passkey removed", admin.delete("/api/v1/me/passkeys/none").await),
        ("looking as another", {
            let begun = admin.put("/api/v1/sessions/current/preview", json!({"user": li})).await;
            admin.delete("/api/v1/sessions/current/preview").await;
            begun
        }),
        ("all of an object exported", admin.post("/api/v1/exports", json!({"q": "SELECT id, name FROM account"})).await),
    ]
}

server_test!(every_sensitive_act_needs_a_fresh_proof, |app: TestApp| async move {
    let li = id_of(&app.user("li", "standard").await).await;
    let admin = app.admin().await.with("accept-language", "en");
    let set = json!({"name": "x_set", "kind": "permission_set", "label": {"zh": "集", "en": "Set"}});
    assert_eq!(admin.post("/api/v1/roles", set).await.status, 201);
    let team = admin.post("/api/v1/records/team", json!({"name": "二组"})).await.json();
    let team = team["id"].as_str().expect("an id").to_owned();
    app.test.clock.advance(15 * MINUTE + 1);
    for (what, answer) in acts(&admin, &li, &team).await {
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &json!("step_up_required")), "{what}: {}", answer.text());
    }
    // What is not sensitive goes on, a small export among it.
    assert_eq!(admin.patch(&format!("/api/v1/records/user/{li}"), json!({"title": "Sales"})).await.status, 200);
    assert_eq!(admin.post("/api/v1/records/account", json!({"name": "甲"})).await.status, 201);
    let few = admin.post("/api/v1/exports", json!({"q": "SELECT id FROM account WHERE name = '甲'"})).await;
    assert_eq!(few.status, 202, "{}", few.text());

    let wrong = admin.post("/api/v1/sessions/current/proof", json!({"password": "a wrong password"})).await.problem(422, "validation");
    assert_eq!(wrong["errors"][0]["field"], "password");
    admin.post("/api/v1/sessions/current/proof", json!({})).await.problem(422, "validation");
    admin.post("/api/v1/tokens", json!({"name": "x"})).await.problem(403, "step_up_required");
    assert_eq!(admin.post("/api/v1/sessions/current/proof", json!({"password": ADMIN_PASSWORD})).await.status, 204);
    for (what, answer) in acts(&admin, &li, &team).await {
        assert_ne!(answer.json_or_null()["code"], json!("step_up_required"), "{what}: {}", answer.text());
    }
    app.test.clock.advance(15 * MINUTE + 1);
    admin.post("/api/v1/tokens", json!({"name": "y"})).await.problem(403, "step_up_required");
});

server_test!(a_large_export_needs_a_fresh_proof, |app: TestApp| async move {
    let admin = app.admin().await;
    let operations: Vec<_> = (0..1_001).map(|n| json!({"op": "create", "values": {"name": format!("客户 {n}")}})).collect();
    let made = admin.post("/api/v1/records/account/bulk", json!({"all_or_none": true, "operations": operations})).await;
    assert_eq!(made.status, 200, "{}", made.text());
    app.test.clock.advance(15 * MINUTE + 1);
    let export = async |q: &str| admin.post("/api/v1/exports", json!({"q": q})).await;
    export("SELECT id FROM account WHERE name != 'x'").await.problem(403, "step_up_required");
    assert_eq!(export("SELECT id FROM account WHERE name LIKE '客户 1%'").await.status, 202);
});
