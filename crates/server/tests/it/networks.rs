//! From where users of a role may come in.

use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::{Value, json};

use crate::app::{Answer, Client, PASSWORD, TestApp};
use crate::server_test;

const OFFICE: &str = "203.0.113.9";
const ELSEWHERE: &str = "198.51.100.7";

async fn enter(app: &TestApp, from: &str, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    app.nobody().with("x-forwarded-for", from).with("accept-language", "en").post("/api/v1/sessions", body).await
}

fn with(app: &TestApp, token: &str, from: &str) -> Client {
    app.nobody().with("authorization", &format!("Bearer {token}")).with("x-forwarded-for", from).with("accept-language", "en")
}

async fn token(app: &TestApp, from: &str, email: &str, password: &str) -> String {
    let answer = enter(app, from, email, password).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn restrict(admin: &Client, role: &str, networks: Value) -> Answer {
    let mut def = admin.get(&format!("/api/v1/roles/{role}")).await.json();
    for known in ["users", "standard", "editable"] {
        def.as_object_mut().expect("a role").remove(known);
    }
    def["addresses"] = networks;
    admin.put(&format!("/api/v1/roles/{role}"), def).await
}

server_test!(a_role_names_the_networks_its_users_come_from, |app: TestApp| async move {
    let app = app.behind_a_proxy();
    app.user("li", "standard").await;
    let admin = with(&app, &token(&app, OFFICE, ADMIN_EMAIL, ADMIN_PASSWORD).await, OFFICE);
    let li = token(&app, ELSEWHERE, "li@example.com", PASSWORD).await;
    let made = with(&app, &li, ELSEWHERE).post("/api/v1/tokens", json!({"name": "of li"})).await.json();
    let program = made["token"].as_str().unwrap().to_owned();
    assert_eq!(with(&app, &program, ELSEWHERE).get("/api/v1/objects").await.status, 200);

    assert_eq!(restrict(&admin, "standard", json!(["203.0.113.0/24", "2001:db8::/32"])).await.status, 200);
    for by in [&li, &program] {
        with(&app, by, ELSEWHERE).get("/api/v1/objects").await.problem(403, "address_not_allowed");
        assert_eq!(with(&app, by, OFFICE).get("/api/v1/objects").await.status, 200);
        assert_eq!(with(&app, by, "2001:db8::7").get("/api/v1/objects").await.status, 200);
        assert_eq!(with(&app, by, "::ffff:203.0.113.9").get("/api/v1/objects").await.status, 200);
        // Only what the proxy itself has seen counts.
        with(&app, by, "203.0.113.9, 198.51.100.7").get("/api/v1/objects").await.problem(403, "address_not_allowed");
        with(&app, by, "nonsense").get("/api/v1/objects").await.problem(403, "address_not_allowed");
    }
    enter(&app, ELSEWHERE, "li@example.com", PASSWORD).await.problem(403, "address_not_allowed");
    enter(&app, ELSEWHERE, "li@example.com", "a wrong password").await.problem(401, "invalid_credentials");
    assert_eq!(enter(&app, OFFICE, "li@example.com", PASSWORD).await.status, 201);
});

server_test!(nobody_shuts_themselves_out, |app: TestApp| async move {
    let app = app.behind_a_proxy();
    let secret = token(&app, OFFICE, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let admin = with(&app, &secret, OFFICE);
    let own = restrict(&admin, "administrator", json!(["198.51.100.0/24"])).await.problem(422, "validation");
    assert_eq!((&own["errors"][0]["field"], &own["errors"][0]["code"]), (&json!("addresses"), &json!("own_address")));
    assert!(own["errors"][0]["message"].as_str().unwrap().contains(OFFICE));
    assert_eq!(restrict(&admin, "administrator", json!(["203.0.113.0/24"])).await.status, 200);
    with(&app, &secret, ELSEWHERE).get("/api/v1/roles").await.problem(403, "address_not_allowed");
    for (networks, field) in [
        (json!(["203.0.113.0/33"]), "addresses[0]"),
        (json!(["203.0.113.0/24", "x"]), "addresses[1]"),
        (json!(["203.0.113.9/24"]), "addresses[0]"),
    ] {
        assert_eq!(restrict(&admin, "standard", networks).await.problem(422, "validation")["errors"][0]["field"], field);
    }
    assert_eq!(restrict(&admin, "administrator", json!([])).await.status, 200);
    assert_eq!(with(&app, &secret, ELSEWHERE).get("/api/v1/roles").await.status, 200);
});
