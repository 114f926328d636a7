//! The embedded web UI.

use crate::app::TestApp;
use crate::server_test;

server_test!(the_page_has_a_fresh_nonce, |app: TestApp| async move {
    let nonce = |policy: &str| policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("").to_owned();
    let (a, b) = (app.nobody().get("/").await, app.nobody().get("/records/opportunity/0060000000004GIAAY").await);
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (200, 200));
    assert!(a.header("content-type").starts_with("text/html"));
    let (a_nonce, b_nonce) = (nonce(a.header("content-security-policy")), nonce(b.header("content-security-policy")));
    assert!(a_nonce.len() >= 20 && a_nonce != b_nonce);
    let page = String::from_utf8(a.body).unwrap();
    assert!(!page.contains("__CSP_NONCE__"));
    assert!(!page.contains("csp-nonce") || page.contains(&a_nonce));
});

server_test!(files_that_are_not_there_are_not_the_page, |app: TestApp| async move {
    for path in ["/assets/none-123.js", "/none.js", "/favicon.ico"] {
        app.nobody().get(path).await.problem(404, "unknown_path");
    }
    app.nobody().get("/../Cargo.toml").await.problem(404, "unknown_path");
    app.nobody().post("/somewhere", serde_json::json!({})).await.problem(405, "method_not_allowed");
});
