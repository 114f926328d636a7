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

server_test!(only_what_is_a_picture_is_shown_as_one, |app: TestApp| async move {
    let admin = app.admin().await;
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01".as_slice(), &[0; 100]].concat();
    let upload = async |name: &str, bytes: &[u8]| {
        let made = admin.send(Method::POST, &format!("/api/v1/files?name={name}"), Body::from(bytes.to_vec()), None).await;
        made.header("location").to_owned()
    };
    let path = upload("a.txt", &png).await;
    assert_eq!(admin.get(&format!("{path}/preview")).await.json()["kind"], json!("image"));
    let shown = admin.get(&format!("{path}/inline")).await;
    assert_eq!((shown.header("content-type"), shown.body.as_slice()), ("image/png", png.as_slice()));
    assert!(shown.header("content-disposition").starts_with("inline"));
    assert!(shown.header("content-security-policy").contains("sandbox"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    for (range, part, status) in [("bytes=2-5", 2..6, 206), ("bytes=120-", 120..png.len(), 206), ("bytes=999-", 0..png.len(), 200)] {
        let answer = admin.with("range", range).get(&format!("{path}/inline")).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (status, &png[part]), "{range}");
    }
    for hostile in ["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<!doctype html><script>alert(1)</script>", "GIF87"] {
        let path = upload("a.png", hostile.as_bytes()).await;
        admin.get(&format!("{path}/inline")).await.problem(404, "not_viewable");
        assert_eq!(admin.get(&format!("{path}/preview")).await.json()["kind"], json!("text"));
    }
    let path = upload("a.pdf", b"%PDF-1.4").await;
    assert!(!admin.get(&format!("{path}/inline")).await.header("content-security-policy").contains("'unsafe-eval'"));
    let back = admin.post(&format!("{path}/versions/1/restore"), json!({})).await;
    assert_eq!(back.json()["version"], json!(2), "{}", back.text());
});
