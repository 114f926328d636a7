//! Tokens of programs: what they do, what they never do, and how they end.

use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::server_test;

async fn made(client: &Client, body: Value) -> (String, String) {
    let answer = client.post("/api/v1/tokens", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    (made["token"].as_str().expect("a token").to_owned(), made["listed"]["id"].as_str().expect("an id").to_owned())
}

fn with(app: &TestApp, token: &str) -> Client {
    app.nobody().with("authorization", &format!("Bearer {token}")).with("accept-language", "en")
}

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().expect("an id").to_owned()
}

server_test!(a_token_is_made_used_listed_and_revoked, |app: TestApp| async move {
    let admin = app.admin().await;
    let (token, id) = made(&admin, json!({"name": "ERP", "write": true})).await;
    assert!(token.starts_with("gxt_acme_") && token.len() == "gxt_acme_".len() + 43 && !token.contains(&id), "{token}");
    let erp = with(&app, &token);
    let listed = admin.get("/api/v1/tokens").await.json()["tokens"][0].clone();
    assert_eq!((&listed["name"], &listed["write"], &listed["used_at"]), (&json!("ERP"), &json!(true), &Value::Null));
    assert!(!admin.get("/api/v1/tokens").await.text().contains(&token), "it is shown once");

    let account = erp.post("/api/v1/records/account", json!({"name": "北京云帆科技"})).await;
    assert_eq!(account.status, 201, "{}", account.text());
    let listed = admin.get("/api/v1/tokens").await.json()["tokens"][0].clone();
    assert_eq!((listed["used_from"].as_str(), listed["used_at"].is_string()), (Some("local"), true));
    // The history says by which door it came.
    let record = account.json()["id"].as_str().unwrap().to_owned();
    let history = admin.get(&format!("/api/v1/records/account/{record}/history")).await.json();
    assert!(history.to_string().contains(r#""door":"token""#), "{history}");

    // Its use is written down once a minute.
    app.test.clock.advance(30_000_000);
    erp.get("/api/v1/objects").await;
    assert_eq!(admin.get("/api/v1/tokens").await.json()["tokens"][0]["used_at"], listed["used_at"]);
    app.test.clock.advance(31_000_000);
    erp.get("/api/v1/objects").await;
    assert_ne!(admin.get("/api/v1/tokens").await.json()["tokens"][0]["used_at"], listed["used_at"]);

    assert_eq!(admin.delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
    erp.get("/api/v1/objects").await.problem(401, "not_signed_in");
    admin.delete(&format!("/api/v1/tokens/{id}")).await.problem(404, "no_token");
});

server_test!(a_token_ends_by_itself, |app: TestApp| async move {
    let admin = app.admin().await.with("accept-language", "en");
    let (token, _) = made(&admin, json!({"name": "for a week", "expires_in_days": 7})).await;
    let (usual, _) = made(&admin, json!({"name": "as usual"})).await;
    let day = 86_400 * 1_000_000;
    app.test.clock.advance(7 * day - 1);
    assert_eq!(with(&app, &token).get("/api/v1/objects").await.status, 200);
    app.test.clock.advance(1);
    with(&app, &token).get("/api/v1/objects").await.problem(401, "not_signed_in");
    app.test.clock.advance(82 * day);
    assert_eq!(with(&app, &usual).get("/api/v1/objects").await.status, 200);
    app.test.clock.advance(day);
    with(&app, &usual).get("/api/v1/objects").await.problem(401, "not_signed_in");
    let admin = app.admin().await.with("accept-language", "en");
    for (body, field) in [
        (json!({"name": " "}), "name"),
        (json!({"name": "x".repeat(81)}), "name"),
        (json!({"name": "x", "expires_in_days": 366}), "expires_in_days"),
        (json!({"name": "x", "expires_in_days": 0}), "expires_in_days"),
        (json!({"name": "x", "objects": ["account", "nothing"]}), "objects[1]"),
    ] {
        let problem = admin.post("/api/v1/tokens", body).await.problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
});

server_test!(a_token_that_reads_writes_nothing, |app: TestApp| async move {
    let admin = app.admin().await;
    let account = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json()["id"].as_str().unwrap().to_owned();
    let (token, _) = made(&admin, json!({"name": "reports"})).await;
    let reports = with(&app, &token);
    assert_eq!(reports.query("SELECT COUNT(id) n FROM account").await["records"], json!([{"n": 1}]));
    let path = format!("/api/v1/records/account/{account}");
    assert_eq!(reports.get(&path).await.status, 200);
    for refused in [
        reports.patch(&path, json!({"name": "乙"})).await,
        reports.delete(&path).await,
        reports.post("/api/v1/records/account", json!({"name": "丙"})).await,
        reports.patch("/api/v1/me", json!({"theme": "dark"})).await,
        reports.post("/api/v1/exports", json!({"q": "SELECT id FROM account"})).await,
    ] {
        refused.problem(403, "token_reads_only");
    }
    assert_eq!(admin.get(&path).await.json()["name"], "甲");
});

server_test!(a_token_for_an_object_shows_nothing_else, |app: TestApp| async move {
    let admin = app.admin().await;
    let account = admin.post("/api/v1/records/account", json!({"name": "北京云帆科技"})).await.json()["id"].clone();
    let secret = json!({"name": "机密联系人", "account_id": account});
    let contact = admin.post("/api/v1/records/contact", secret).await.json()["id"].as_str().unwrap().to_owned();
    let (token, _) = made(&admin, json!({"name": "accounts", "write": true, "objects": ["account"]})).await;
    let accounts = with(&app, &token);
    // How the user reads the contact is remembered, but not for the token.
    assert!(admin.get(&format!("/api/v1/records/contact/{contact}")).await.text().contains("机密"));
    assert_eq!(accounts.query("SELECT COUNT(id) n FROM account").await["records"], json!([{"n": 1}]));
    assert_eq!(
        accounts.patch(&format!("/api/v1/records/account/{}", account.as_str().unwrap()), json!({"industry": null})).await.status,
        200
    );
    for answer in [
        accounts.get("/api/v1/records/contact").await,
        accounts.get(&format!("/api/v1/records/contact/{contact}")).await,
        accounts.get("/api/v1/query?q=SELECT%20id%20FROM%20contact").await,
        accounts.post("/api/v1/records/contact", json!({"name": "x"})).await,
        accounts.delete(&format!("/api/v1/records/contact/{contact}")).await,
        accounts.get("/api/v1/jobs").await,
        accounts.get("/api/v1/audit/key").await,
        accounts.post("/api/v1/exports", json!({"q": "SELECT id FROM account"})).await,
    ] {
        assert!(answer.status == 403 || answer.status == 404, "{}", answer.text());
        assert!(!answer.text().contains("机密"), "{}", answer.text());
    }
    for path in [
        "/api/v1/changes?after=0".to_owned(),
        "/api/v1/search?q=%E6%9C%BA%E5%AF%86".to_owned(),
        format!("/api/v1/records/account/{}/timeline", account.as_str().unwrap()),
        "/api/v1/objects".to_owned(),
        "/api/v1/query?q=SELECT%20id%2C%20owner.email%20FROM%20account".to_owned(),
    ] {
        let answer = accounts.get(&path).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.text());
        assert!(!["机密", &contact, ADMIN_EMAIL].iter().any(|hidden| answer.text().contains(hidden)), "{path} {}", answer.text());
    }
});

server_test!(a_token_never_gives_rights_or_ways_in, |app: TestApp| async move {
    let admin = app.admin().await;
    let me = id_of(&admin).await;
    let (token, id) = made(&admin, json!({"name": "all", "write": true})).await;
    let all = with(&app, &token);
    let li = id_of(&app.user("li", "standard").await).await;
    let role = json!({"name": "x_more", "label": {"zh": "多", "en": "More"}, "administrator": true});
    for (what, refused) in [
        ("a token", all.post("/api/v1/tokens", json!({"name": "another"})).await),
        ("the list of tokens", all.get("/api/v1/tokens").await),
        ("revoking", all.delete(&format!("/api/v1/tokens/{id}")).await),
        ("sessions", all.get("/api/v1/sessions").await),
        ("ending sessions", all.delete("/api/v1/sessions").await),
        ("a password", all.put(&format!("/api/v1/users/{li}/password"), json!({"password": "a password of mine"})).await),
        ("a role", all.post("/api/v1/roles", role.clone()).await),
        ("another role", all.put("/api/v1/roles/standard", role).await),
        ("sharing", all.patch("/api/v1/organisation", json!({"record_scope": "all"})).await),
        ("a user's role", all.patch(&format!("/api/v1/records/user/{li}"), json!({"role": "administrator"})).await),
        ("a user's address", all.patch(&format!("/api/v1/records/user/{li}"), json!({"email": "other@example.com"})).await),
        ("a new user", all.post("/api/v1/records/user", json!({"name": "x", "email": "x@example.com", "role": "administrator"})).await),
        ("a user less", all.delete(&format!("/api/v1/records/user/{li}")).await),
        (
            "many users' role",
            all.post("/api/v1/records/user/bulk_edit", json!({"ids": [li.clone()], "values": {"role": "administrator"}})).await,
        ),
        (
            "a bulk write",
            all.post(
                "/api/v1/records/user/bulk",
                json!({"all_or_none": true, "operations": [{"op": "update", "id": li.clone(), "values": {"role": "administrator"}}]}),
            )
            .await,
        ),
    ] {
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("not_by_token")), "{what}: {}", refused.text());
    }
    let others = all.patch(&format!("/api/v1/records/user/{li}"), json!({"title": "Sales"})).await;
    assert_eq!(others.status, 200, "what is no right is as any other field: {}", others.text());
    assert_eq!(all.get("/api/v1/sessions/current").await.json()["user"]["id"], json!(me));
});

server_test!(tokens_of_others_are_for_administrators_and_end_with_their_users, |app: TestApp| async move {
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let (li_id, admin_id) = (id_of(&li).await, id_of(&admin).await);
    let (token, id) = made(&li, json!({"name": "of li", "write": true})).await;
    let (kept, _) = made(&admin, json!({"name": "of the admin"})).await;
    li.get(&format!("/api/v1/tokens?user={admin_id}")).await.problem(403, "forbidden");
    li.get("/api/v1/tokens?user=all").await.problem(403, "forbidden");
    let all = admin.get("/api/v1/tokens?user=all").await.json()["tokens"].as_array().cloned().unwrap();
    assert_eq!(all.len(), 2);
    let admins = all.iter().find(|t| t["user"] == json!(admin_id)).unwrap()["id"].as_str().unwrap().to_owned();
    li.delete(&format!("/api/v1/tokens/{admins}")).await.problem(404, "no_token");
    assert_eq!(admin.get(&format!("/api/v1/tokens?user={li_id}")).await.json()["tokens"][0]["id"], json!(id));
    assert_eq!(admin.delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
    with(&app, &token).get("/api/v1/objects").await.problem(401, "not_signed_in");

    // With the user go sessions and tokens, and do not come back with the user either.
    let (token, _) = made(&li, json!({"name": "again"})).await;
    let path = format!("/api/v1/records/user/{li_id}");
    assert_eq!(admin.patch(&path, json!({"active": false})).await.status, 200);
    with(&app, &token).get("/api/v1/objects").await.problem(401, "not_signed_in");
    assert_eq!(admin.patch(&path, json!({"active": true})).await.status, 200);
    with(&app, &token).get("/api/v1/objects").await.problem(401, "not_signed_in");
    li.get("/api/v1/objects").await.problem(401, "not_signed_in");
    assert_eq!(with(&app, &kept).get("/api/v1/objects").await.status, 200);
});

server_test!(a_token_has_the_rights_of_now, |app: TestApp| async move {
    app.own_records_only().await;
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let (token, _) = made(&li, json!({"name": "of li"})).await;
    let program = with(&app, &token);
    let account = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/account/{account}");
    program.get(&path).await.problem(404, "not_found");
    let user = format!("/api/v1/records/user/{}", id_of(&li).await);
    assert_eq!(admin.patch(&user, json!({"role": "administrator"})).await.status, 200);
    assert_eq!(program.get(&path).await.status, 200);
    assert_eq!(admin.patch(&user, json!({"role": "standard"})).await.status, 200);
    program.get(&path).await.problem(404, "not_found");
});

server_test!(what_is_done_with_tokens_is_in_the_audit_log, |app: TestApp| async move {
    let admin = app.admin().await;
    let (_, id) = made(&admin, json!({"name": "ERP"})).await;
    assert_eq!(admin.delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
    guanxi_engine::audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=token_made").await.json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(1), "{entries}");
    let entries = admin.get("/api/v1/audit/entries?kind=token_revoked").await.json();
    assert!(entries.to_string().contains(&id), "{entries}");
    // Expired ones are forgotten in time.
    let (_, _) = made(&admin, json!({"name": "short", "expires_in_days": 1})).await;
    app.test.clock.advance(32 * 86_400 * 1_000_000);
    guanxi_engine::upkeep::clean(&app.test.org).await.expect("clean");
    let admin = app.sign_in(ADMIN_EMAIL, ADMIN_PASSWORD).await;
    assert_eq!(admin.get("/api/v1/tokens").await.json()["tokens"], json!([]));
});
