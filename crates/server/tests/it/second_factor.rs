//! The second factor over the API: setting it up, signing in with it, losing it, being made to have it.

use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD};
use ring::hmac;
use serde_json::json;

use crate::app::{Answer, Client, PASSWORD, TestApp};
use crate::server_test;

const STEP: i64 = 30 * 1_000_000;

/// The six digits of RFC 6238, worked out here once more.
fn code(app: &TestApp, secret: &str, steps: i64) -> String {
    let mut bits = String::new();
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = (0..bits.len() / 8).map(|i| u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).expect("bits")).collect();
    let step = app.test.org.now_us() / STEP + steps;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key), &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = tag.as_ref()[at..at + 4].iter().fold(0u64, |n, b| n << 8 | u64::from(*b)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Sets a second factor up; gives the secret and the recovery codes.
async fn enrol(app: &TestApp, client: &Client) -> (String, Vec<String>) {
    let begun = client.post("/api/v1/me/second_factor", json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let secret = begun.json()["secret"].as_str().expect("a secret").to_owned();
    let uri = begun.json()["uri"].as_str().expect("a link").to_owned();
    assert!(uri.starts_with("otpauth://totp/Guanxi%3A") && uri.contains(&secret), "{uri}");
    let confirmed = client.put("/api/v1/me/second_factor", json!({"code": code(app, &secret, 0)})).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes: Vec<String> = serde_json::from_value(confirmed.json()["codes"].clone()).expect("codes");
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

async fn enter(app: &TestApp, email: &str, password: &str, code: Option<&str>) -> Answer {
    let mut body = json!({"email": email, "password": password});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    app.nobody().with("accept-language", "en").post("/api/v1/sessions", body).await
}

fn with(app: &TestApp, answer: &Answer) -> Client {
    assert_eq!(answer.status, 201, "{}", answer.text());
    app.nobody()
        .with("authorization", &format!("Bearer {}", answer.json()["token"].as_str().expect("a token")))
        .with("accept-language", "en")
}

async fn id_of(client: &Client) -> String {
    client.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().expect("an id").to_owned()
}

server_test!(signing_in_takes_two_steps, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let state = li.get("/api/v1/me/second_factor").await.json();
    assert_eq!(state, json!({"since": null, "recovery_codes": 0, "required": false}));
    let begun = li.post("/api/v1/me/second_factor", json!({})).await.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(enter(&app, "li@example.com", PASSWORD, None).await.status, 201, "it holds only once it is confirmed");
    let wrong = li.put("/api/v1/me/second_factor", json!({"code": "000000"})).await.problem(422, "validation");
    assert_eq!((&wrong["errors"][0]["field"], &wrong["errors"][0]["code"]), (&json!("code"), &json!("wrong_code")));
    assert_eq!(begun.len(), 32);
    let (secret, _) = enrol(&app, &li).await;
    li.post("/api/v1/me/second_factor", json!({})).await.problem(409, "second_factor_on");
    assert_eq!(li.get("/api/v1/me/second_factor").await.json()["recovery_codes"], 10);

    // Without the password nobody learns that there is a second step.
    enter(&app, "li@example.com", "a wrong password", None).await.problem(401, "invalid_credentials");
    enter(&app, "li@example.com", PASSWORD, None).await.problem(401, "second_factor_required");
    let used = code(&app, &secret, 0);
    enter(&app, "li@example.com", PASSWORD, Some(&used)).await.problem(401, "wrong_code");
    app.test.clock.advance(STEP);
    let next = code(&app, &secret, 0);
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    with(&app, &enter(&app, "li@example.com", PASSWORD, Some(&spaced)).await);
    enter(&app, "li@example.com", PASSWORD, Some(&next)).await.problem(401, "wrong_code");
    // Clocks may be a step off, and no more.
    app.test.clock.advance(10 * STEP);
    enter(&app, "li@example.com", PASSWORD, Some(&code(&app, &secret, 2))).await.problem(401, "wrong_code");
    with(&app, &enter(&app, "li@example.com", PASSWORD, Some(&code(&app, &secret, 1))).await);
});

server_test!(recovery_codes_hold_once, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let (_, codes) = enrol(&app, &li).await;
    let typed = codes[0].to_lowercase();
    let again = with(&app, &enter(&app, "li@example.com", PASSWORD, Some(&typed)).await);
    enter(&app, "li@example.com", PASSWORD, Some(&codes[0])).await.problem(401, "wrong_code");
    assert_eq!(again.get("/api/v1/me/second_factor").await.json()["recovery_codes"], 9);
    let renewed = again.post("/api/v1/me/second_factor/recovery_codes", json!({})).await.json();
    enter(&app, "li@example.com", PASSWORD, Some(&codes[1])).await.problem(401, "wrong_code");
    with(&app, &enter(&app, "li@example.com", PASSWORD, renewed["codes"][3].as_str()).await);
});

server_test!(codes_cannot_be_guessed_and_nobody_is_locked_out, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let (secret, _) = enrol(&app, &li).await;
    app.test.clock.advance(2 * STEP);
    for _ in 0..5 {
        enter(&app, "li@example.com", PASSWORD, Some("000001")).await.problem(401, "wrong_code");
    }
    enter(&app, "li@example.com", PASSWORD, Some(&code(&app, &secret, 0))).await.problem(429, "too_many_attempts");
    // Who does not know the password gets nowhere near the codes.
    for _ in 0..3 {
        enter(&app, "li@example.com", "a wrong password", Some("000001")).await.problem(401, "invalid_credentials");
    }
    app.test.clock.advance(11 * STEP);
    with(&app, &enter(&app, "li@example.com", PASSWORD, Some(&code(&app, &secret, 0))).await);
});

server_test!(it_is_turned_off_by_the_password_and_reset_by_administrators, |app: TestApp| async move {
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    enrol(&app, &li).await;
    li.post("/api/v1/me/second_factor/off", json!({"password": "a wrong password"})).await.problem(422, "validation");
    assert_eq!(li.post("/api/v1/me/second_factor/off", json!({"password": PASSWORD})).await.status, 204);
    li.post("/api/v1/me/second_factor/off", json!({"password": PASSWORD})).await.problem(409, "second_factor_off");
    with(&app, &enter(&app, "li@example.com", PASSWORD, None).await);

    app.test.clock.advance(2 * STEP);
    enrol(&app, &li).await;
    let path = format!("/api/v1/users/{}/second_factor", id_of(&li).await);
    li.delete(&path).await.problem(403, "forbidden");
    admin.delete(&format!("/api/v1/users/{}/second_factor", id_of(&admin).await)).await.problem(403, "own_second_factor");
    assert_eq!(admin.delete(&path).await.status, 204);
    li.get("/api/v1/objects").await.problem(401, "not_signed_in");
    with(&app, &enter(&app, "li@example.com", PASSWORD, None).await);
    admin.delete(&path).await.problem(409, "second_factor_off");
    guanxi_engine::audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=second_factor_off").await.json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(2), "{entries}");
});

server_test!(a_role_can_ask_for_it, |app: TestApp| async move {
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let mut role = admin.get("/api/v1/roles/standard").await.json();
    for known in ["users", "standard", "editable"] {
        role.as_object_mut().unwrap().remove(known);
    }
    role["second_factor"] = json!(true);
    assert_eq!(admin.put("/api/v1/roles/standard", role).await.status, 200);
    // It holds at once, for those who are signed in, too.
    li.get("/api/v1/objects").await.problem(403, "second_factor_enrolment_required");
    li.get("/api/v1/records/account").await.problem(403, "second_factor_enrolment_required");
    li.post("/api/v1/tokens", json!({"name": "around it"})).await.problem(403, "second_factor_enrolment_required");
    let li = with(&app, &enter(&app, "li@example.com", PASSWORD, None).await);
    let me = li.get("/api/v1/sessions/current").await.json();
    assert_eq!(me["user"]["second_factor_due"], json!(true));
    enrol(&app, &li).await;
    assert_eq!(li.get("/api/v1/objects").await.status, 200);
    assert_eq!(li.get("/api/v1/sessions/current").await.json()["user"]["second_factor_due"], json!(false));
    assert_eq!(li.post("/api/v1/me/second_factor/off", json!({"password": PASSWORD})).await.status, 204);
    li.get("/api/v1/objects").await.problem(403, "second_factor_enrolment_required");

    // Administrators, too; a permission set cannot.
    let mut administrator = admin.get("/api/v1/roles/administrator").await.json();
    for known in ["users", "standard", "editable"] {
        administrator.as_object_mut().unwrap().remove(known);
    }
    administrator["second_factor"] = json!(true);
    assert_eq!(admin.put("/api/v1/roles/administrator", administrator.clone()).await.status, 200);
    admin.get("/api/v1/roles").await.problem(403, "second_factor_enrolment_required");
    enrol(&app, &admin).await;
    administrator["export"] = json!(false);
    admin.put("/api/v1/roles/administrator", administrator).await.problem(409, "fixed_role");
    let set = json!({"name": "x_set", "kind": "permission_set", "label": {"zh": "集", "en": "Set"}, "second_factor": true});
    let refused = admin.post("/api/v1/roles", set).await.problem(422, "validation");
    assert_eq!(refused["errors"][0]["field"], "second_factor");
    assert_eq!(enter(&app, ADMIN_EMAIL, ADMIN_PASSWORD, None).await.json()["code"], "second_factor_required");
});
