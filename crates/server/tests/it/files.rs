//! Files over HTTP.

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures_util::stream;
use serde_json::json;

use crate::app::TestApp;
use crate::server_test;

server_test!(a_file_comes_back_as_an_attachment, |app: TestApp| async move {
    let admin = app.admin().await;
    let page = "<script>alert(1)</script>";
    let name = "%E5%90%88%E5%90%8C.html";
    let made = admin.send(Method::POST, &format!("/api/v1/files?name={name}"), Body::from(page), Some("text/html")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let file = made.json();
    assert_eq!((&file["name"], &file["size"], &file["version"]), (&json!("合同.html"), &json!(25), &json!(1)));
    let path = made.header("location").to_owned();
    assert_eq!(admin.get(&path).await.json(), file);
    let content = admin.get(&format!("{path}/content")).await;
    assert_eq!(content.body, page.as_bytes());
    assert!(content.header("content-disposition").starts_with("attachment"), "{}", content.header("content-disposition"));
    assert_eq!(content.header("x-content-type-options"), "nosniff");
    assert!(content.header("content-security-policy").contains("sandbox"));

    let put = admin.send(Method::PUT, &format!("{path}/content"), Body::from("第二版"), None).await;
    assert_eq!(put.json()["version"], json!(2), "{}", put.text());
    assert_eq!(admin.get(&format!("{path}/content")).await.body, "第二版".as_bytes());
    assert_eq!(admin.get(&format!("{path}/content?version=1")).await.body, page.as_bytes());
    admin.get(&format!("{path}/content?version=9")).await.problem(404, "not_found");
    assert_eq!(admin.get(&format!("{path}/versions")).await.json()["versions"].as_array().unwrap().len(), 2);
});

server_test!(a_broken_upload_leaves_nothing, |app: TestApp| async move {
    let admin = app.admin().await;
    let broken = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))]));
    let answer = admin.send(Method::POST, "/api/v1/files?name=a.txt", broken, None).await;
    assert!(answer.status.is_client_error() || answer.status == 503, "{}", answer.text());
    assert_eq!(admin.query("SELECT id FROM file").await["total"], json!(0));
});
