//! The OpenAPI document: it is what is checked in, and every route is in it.

use std::path::Path;

use serde_json::Value;

use crate::app::TestApp;
use crate::server_test;

#[test]
fn the_document_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/api/openapi.json");
    let known = std::fs::read_to_string(&path).expect("web/src/api/openapi.json");
    let new = guanxi_server::openapi::document();
    assert!(
        known == new,
        "web/src/api/openapi.json is out of date: `cargo run -- openapi > web/src/api/openapi.json`, then `pnpm gen` in web/"
    );
}

#[test]
fn the_document_is_sound() {
    let document: Value = serde_json::from_str(&guanxi_server::openapi::document()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap_or("");
        assert!(document.pointer(pointer).is_some(), "{pointer} is nowhere");
    }
    let mut ids = Vec::new();
    for operation in document["paths"].as_object().expect("paths").values().flat_map(|p| p.as_object().expect("a path").values()) {
        ids.push(operation["operationId"].as_str().expect("an operationId").to_owned());
        for status in ["400", "401", "503"] {
            assert!(operation["responses"][status].is_object(), "{} lacks {status}", operation["operationId"]);
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

server_test!(it_is_served_to_everyone, |app: TestApp| async move {
    let answer = app.nobody().get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, 200);
    let known: Value = serde_json::from_str(&guanxi_server::openapi::document()).expect("JSON");
    assert_eq!(answer.json(), known);
});

/// Routes for those who are not signed in: the ways in.
const OPEN: [&str; 7] = [
    "create_session",
    "report_client_error",
    "ask_for_reset",
    "open_password_link",
    "use_password_link",
    "begin_passkey_sign_in",
    "sign_in_by_passkey",
];

server_test!(every_route_asks_who_is_there, |app: TestApp| async move {
    let document: Value = serde_json::from_str(&guanxi_server::openapi::document()).expect("JSON");
    let nobody = app.nobody().with("content-type", "application/json");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path") {
            if OPEN.contains(&operation["operationId"].as_str().expect("a name")) {
                continue;
            }
            let path = path.replace("{object}", "account").replace(['{', '}'], "");
            let method = method.to_uppercase().parse().expect("a method");
            nobody.send(method, &path, axum::body::Body::from("{}"), None).await.problem(401, "not_signed_in");
        }
    }
});
