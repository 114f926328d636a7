//! What is too large, too deep, unknown or not well formed.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(large_bodies_are_refused, |app: TestApp| async move {
    let admin = app.admin().await;
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(17 << 20));
    let answer = admin.send(Method::POST, "/api/v1/records/account", Body::from(large.clone()), Some("application/json")).await;
    answer.problem(413, "body_too_large");
    // Announced as 2 GB: refused before a byte is read.
    let announced = admin.with("content-length", "2147483648").with("content-type", "application/json");
    announced.send(Method::POST, "/api/v1/records/account", Body::empty(), None).await.problem(413, "body_too_large");
    announced.send(Method::POST, "/api/v1/files?name=a.bin", Body::empty(), None).await.problem(413, "body_too_large");
});

server_test!(deep_json_is_refused, |app: TestApp| async move {
    let admin = app.admin().await;
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = admin.send(Method::POST, "/api/v1/records/account", Body::from(deep), Some("application/json")).await;
    answer.problem(400, "invalid_json");
    for text in ["", "{", "{\"name\": }", "{\"name\": \"x\"} trailing", "\u{feff}{}", "{\"name\": \"\\ud800\"}", "nul"] {
        let answer = admin.send(Method::POST, "/api/v1/records/account", Body::from(text), Some("application/json")).await;
        answer.problem(400, "invalid_json");
    }
    let not_utf8 =
        admin.send(Method::POST, "/api/v1/records/account", Body::from(&b"{\"name\": \"\xff\"}"[..]), Some("application/json")).await;
    not_utf8.problem(400, "invalid_json");
});

server_test!(shapes_are_strict, |app: TestApp| async move {
    let admin = app.admin().await;
    for body in [json!([]), json!("x"), json!(null), json!(1)] {
        admin.post("/api/v1/records/account", body).await.problem(422, "validation");
    }
    let problem = admin.post("/api/v1/query", json!({"q": "SELECT id FROM account", "colour": 1})).await.problem(422, "validation");
    assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!("colour"), &json!("unknown_member")));
    let problem = admin.post("/api/v1/recycle_bin/restore", json!({"ids": [1]})).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["field"], json!("ids[0]"));
    let form = admin.send(Method::POST, "/api/v1/records/account", Body::from("name=x"), Some("application/x-www-form-urlencoded")).await;
    form.problem(415, "unsupported_media_type");
});

server_test!(unknown_paths_and_methods, |app: TestApp| async move {
    let admin = app.admin().await;
    admin.get("/api/v1/nothing").await.problem(404, "unknown_path");
    admin.get("/api").await.problem(404, "unknown_path");
    admin.get("/api/v2/records/account").await.problem(404, "unknown_path");
    let answer = admin.send(Method::PUT, "/api/v1/records/account", Body::empty(), None).await;
    answer.problem(405, "method_not_allowed");
    assert!(answer.header("allow").contains("GET") && answer.header("allow").contains("POST"), "{}", answer.header("allow"));
});

server_test!(every_answer_has_its_headers, |app: TestApp| async move {
    for path in ["/healthz", "/api/v1/objects", "/nothing.js", "/"] {
        let answer = app.nobody().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!answer.header("x-request-id").is_empty() && !answer.header("referrer-policy").is_empty());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
});

server_test!(operators_see_figures, |app: TestApp| async move {
    assert_eq!(app.nobody().get("/readyz").await.status, 200);
    app.admin().await.get("/api/v1/objects").await;
    let figures = String::from_utf8(app.nobody().get("/metrics").await.body).unwrap();
    assert!(figures.contains("guanxi_http_requests_total{route=\"/api/v1/objects\",method=\"GET\",status=\"2xx\"} 1"), "{figures}");
    app.app.begin_closing();
    app.nobody().get("/readyz").await.problem(503, "not_ready");
    assert_eq!(app.nobody().get("/healthz").await.status, 200);
});
