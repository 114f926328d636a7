//! Server-sent events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use axum::response::Response;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::server_test;

/// An open stream of events.
struct Events {
    stream: BodyDataStream,
    text: String,
}

impl Events {
    async fn open(client: &Client, path: &str) -> Events {
        let response: Response = client.open(Method::GET, path, Body::empty(), None).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { stream: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next change; `None` when the stream ends.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    assert_eq!(field("event:").as_deref(), Some("change"));
                    return Some((id, serde_json::from_str(&data).expect("JSON")));
                }
            }
            let piece = tokio::time::timeout(Duration::from_secs(10), self.stream.next()).await.expect("an event in time")?;
            self.text.push_str(std::str::from_utf8(&piece.expect("a piece")).expect("text"));
        }
    }
}

server_test!(a_change_arrives, |app: TestApp| async move {
    let admin = app.admin().await;
    let mut events = Events::open(&admin, "/api/v1/events").await;
    let id = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json()["id"].clone();
    let (seq, data) = events.next().await.expect("an event");
    let set = data["change_set"].as_str().filter(|set| !set.is_empty()).expect("a change set");
    let seq_number = seq.parse::<i64>().unwrap();
    assert_eq!(data, json!({"seq": seq_number, "object": "account", "id": id, "op": "create", "version": 1, "change_set": set}));
    admin.patch(&format!("/api/v1/records/account/{}", id.as_str().unwrap()), json!({"name": "乙"})).await;
    assert_eq!(events.next().await.expect("an event").1["op"], json!("update"));

    let note = json!({"body": "记录", "related_to_id": id});
    admin.post("/api/v1/records/note", note).await;
    assert_eq!(events.next().await.expect("an event").1["about"], json!([id]), "an activity names the record it is about");

    // Whoever comes back with the last id gets what was missed.
    let mut again = Events::open(&admin.with("last-event-id", &seq), "/api/v1/events?after=0").await;
    assert_eq!(again.next().await.expect("an event").1["op"], json!("update"));

    app.app.begin_closing();
    assert_eq!(events.next().await, None);
});

server_test!(only_what_the_user_may_see, |app: TestApp| async move {
    app.own_records_only().await;
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let mut events = Events::open(&li, "/api/v1/events").await;
    let hidden = admin.post("/api/v1/records/account", json!({"name": "甲"})).await.json()["id"].clone();
    let own = li.post("/api/v1/records/account", json!({"name": "乙"})).await.json()["id"].clone();
    let (_, data) = events.next().await.expect("an event");
    assert_eq!(data["id"], own);
    assert_ne!(data["id"], hidden);
});

server_test!(a_session_that_ends_ends_its_streams, |app: TestApp| async move {
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let mut events = Events::open(&li, "/api/v1/events").await;
    assert_eq!(li.delete("/api/v1/sessions/current").await.status, 204);
    admin.post("/api/v1/records/account", json!({"name": "甲"})).await;
    assert_eq!(events.next().await, None);
});

server_test!(streams_are_bounded, |app: TestApp| async move {
    let admin = app.admin().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(Events::open(&admin, "/api/v1/events").await);
    }
    admin.get("/api/v1/events").await.problem(429, "too_many_streams");
    open.pop();
    Events::open(&admin, "/api/v1/events").await;
});
