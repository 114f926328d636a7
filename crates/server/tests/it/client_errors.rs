//! Reports of errors in the browser.

use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(anybody_reports_an_error_but_not_without_end, |app: TestApp| async move {
    let report = json!({"kind": "error", "message": "x is undefined", "stack": "at a.js:1", "page": "/o/$object", "build": "1"});
    let nobody = app.nobody();
    assert_eq!(nobody.post("/api/v1/client_errors", report.clone()).await.status, 204);
    assert_eq!(app.admin().await.post("/api/v1/client_errors", report.clone()).await.status, 204);
    nobody.with("origin", "https://evil.example").post("/api/v1/client_errors", report.clone()).await.problem(403, "cross_origin");
    nobody.post("/api/v1/client_errors", json!({"kind": "error"})).await.problem(422, "validation");
    let mut last = 204;
    for _ in 0..40 {
        last = nobody.post("/api/v1/client_errors", report.clone()).await.status.as_u16();
    }
    assert_eq!(last, 429);
});
