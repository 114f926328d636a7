//! What runs here, and where its source is.

use crate::app::{SOURCE_URL, TestApp};
use crate::server_test;

server_test!(users_are_told_what_runs_and_where_its_source_is, |app: TestApp| async move {
    let said = app.admin().await.get("/api/v1/about").await;
    assert_eq!(said.status, 200, "{}", said.text());
    assert_eq!(said.json()["source_url"], SOURCE_URL);
    let page = app.nobody().get("/").await;
    let served = page.text().contains("csp-nonce");
    assert_eq!(said.json()["web_build"].is_string(), served, "the build of the page that is served, or null without one");
    assert!(said.json()["version"].as_str().is_some_and(|v| v.contains('.')));
});
