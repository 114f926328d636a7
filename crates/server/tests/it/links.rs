//! Invitations and forgotten passwords: links by mail.

use guanxi_testkit::org::ADMIN_EMAIL;
use serde_json::{Value, json};

use crate::app::{Answer, Client, PASSWORD, TestApp};
use crate::server_test;

const HOUR: i64 = 3_600 * 1_000_000;

async fn mails(admin: &Client) -> Vec<Value> {
    let answer = admin.get("/api/v1/mails").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["mails"].as_array().cloned().expect("mails")
}

/// Waits for so many mails: they are sent behind the answer.
async fn wait_for(admin: &Client, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let found = mails(admin).await;
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail");
}

fn secret_of(mail: &Value) -> String {
    let body = mail["body"].as_str().expect("a text");
    let link = body.split_whitespace().find(|word| word.starts_with("https://")).expect("a link");
    link.strip_prefix("https://crm.example/set-password#").expect("of the public address").to_owned()
}

async fn ask(app: &TestApp, email: &str) -> Answer {
    app.nobody().post("/api/v1/password_resets", json!({"email": email})).await
}

async fn enter(app: &TestApp, password: &str) -> u16 {
    app.nobody().post("/api/v1/sessions", json!({"email": "li@example.com", "password": password})).await.status.as_u16()
}

server_test!(a_forgotten_password_is_set_by_a_link, |app: TestApp| async move {
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let (known, unknown) = (ask(&app, " LI@example.com").await, ask(&app, "nobody@example.com").await);
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body), "the same answer whether there is such a user");
    assert_eq!(known.status, 202);
    let all = wait_for(&admin, 1).await;
    assert_eq!((all.len(), &all[0]["to"]), (1, &json!("li@example.com")));
    let secret = secret_of(&all[0]);
    let link = app.nobody().post("/api/v1/password_links", json!({"token": secret})).await.json();
    assert_eq!((&link["purpose"], &link["email"]), (&json!("reset"), &json!("li@example.com")));

    let by_link = async |secret: &str, password: &str| {
        app.nobody().with("accept-language", "en").put("/api/v1/password_links", json!({"token": secret, "password": password})).await
    };
    let weak = by_link(&secret, "password123").await.problem(422, "validation");
    assert_eq!(weak["errors"][0]["code"], "password_common");
    assert_eq!(by_link(&secret, "li@example.com").await.problem(422, "validation")["errors"][0]["code"], "password_own_name");
    assert_eq!(by_link(&secret, "a new long password").await.status, 204);
    li.get("/api/v1/objects").await.problem(401, "not_signed_in");
    assert_eq!((enter(&app, PASSWORD).await, enter(&app, "a new long password").await), (401, 201));
    by_link(&secret, "another long password").await.problem(404, "link_expired");
    assert_eq!(enter(&app, "another long password").await, 401);
});

server_test!(links_end_and_others_are_none, |app: TestApp| async move {
    let admin = app.admin().await;
    app.user("li", "standard").await;
    ask(&app, "li@example.com").await;
    let first = secret_of(&wait_for(&admin, 1).await[0]);
    app.test.clock.advance(1_000_000);
    ask(&app, "li@example.com").await;
    let second = secret_of(&wait_for(&admin, 2).await[0]);
    let open = async |secret: &str| app.nobody().post("/api/v1/password_links", json!({"token": secret})).await;
    open(&first).await.problem(404, "link_expired");
    assert_eq!(open(&second).await.status, 200);
    app.test.clock.advance(HOUR);
    open(&second).await.problem(404, "link_expired");
    for none in ["", "gxl_acme_short", "gxl_other_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        open(none).await.problem(404, "link_expired");
    }
    // The stored hash opens nothing, nor does a session's token.
    app.test.clock.advance(HOUR);
    ask(&app, "li@example.com").await;
    let third = secret_of(&wait_for(&app.admin().await, 3).await[0]);
    let li = format!(
        "/api/v1/records/user/{}",
        admin.query("SELECT id FROM user WHERE email = 'li@example.com'").await["records"][0]["id"].as_str().unwrap()
    );
    let admin = app.admin().await;
    assert_eq!(admin.patch(&li, json!({"active": false})).await.status, 200);
    open(&third).await.problem(404, "link_expired");
});

server_test!(mailboxes_are_not_flooded, |app: TestApp| async move {
    let admin = app.admin().await;
    app.user("li", "standard").await;
    for _ in 0..6 {
        assert_eq!(ask(&app, "li@example.com").await.status, 202);
    }
    wait_for(&admin, 3).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(mails(&admin).await.len(), 3, "the answer is the same, but there are no more mails");
    for _ in 0..14 {
        ask(&app, "nobody@example.com").await;
    }
    ask(&app, "nobody@example.com").await.problem(429, "too_many_attempts");
});

server_test!(administrators_invite_users, |app: TestApp| async move {
    let (admin, ann) = (app.admin().await, app.user("ann", "standard").await);
    let new = json!({"name": "李雷", "email": "li@example.com", "role": "standard", "language": "en"});
    let li = admin.post("/api/v1/records/user", new).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{li}/invitation");
    ann.post(&path, json!({})).await.problem(403, "forbidden");
    ann.get("/api/v1/mails").await.problem(403, "forbidden");
    // What a request says of the host is not believed.
    let faked = admin.with("x-forwarded-host", "evil.example").post(&path, json!({})).await;
    assert_eq!(faked.status, 204, "{}", faked.text());
    let mail = wait_for(&admin, 1).await[0].clone();
    assert!(!mail["body"].as_str().unwrap().contains("evil"));
    assert_eq!(mail["subject"], "Your invitation to Guanxi CRM");
    app.test.clock.advance(6 * 24 * HOUR);
    let set = app.nobody().put("/api/v1/password_links", json!({"token": secret_of(&mail), "password": "of my very own"})).await;
    assert_eq!(set.status, 204, "{}", set.text());
    assert_eq!(enter(&app, "of my very own").await, 201);
    let admin = app.sign_in(ADMIN_EMAIL, guanxi_testkit::org::ADMIN_PASSWORD).await;
    assert_eq!(admin.patch(&format!("/api/v1/records/user/{li}"), json!({"active": false})).await.status, 200);
    admin.post(&path, json!({})).await.problem(409, "cannot_be_invited");
    guanxi_engine::audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=link_sent").await.json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(1), "{entries}");
});

server_test!(other_sites_cannot_ask, |app: TestApp| async move {
    let evil = app.nobody().with("origin", "https://evil.example");
    evil.post("/api/v1/password_resets", json!({"email": "li@example.com"})).await.problem(403, "cross_origin");
    evil.put("/api/v1/password_links", json!({"token": "x", "password": "y"})).await.problem(403, "cross_origin");
});
