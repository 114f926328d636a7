//! What surrounds every request: its id, its language, its time limit, its line in the log, its figures and its headers.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guanxi_model::{Error, ErrorKind, Lang};

use crate::App;
use crate::problem::ApiError;
use crate::security;

tokio::task_local! {
    static REQUEST: Scope;
}

/// What code below the handlers may know of the request it works for.
struct Scope {
    id: u64,
    asked: Option<Lang>,
    users: Cell<Option<Lang>>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The language of this request's messages: `Accept-Language`, then the signed-in user's, then Chinese.
pub fn language() -> Lang {
    REQUEST.try_with(|r| r.asked.or(r.users.get()).unwrap_or_default()).unwrap_or_default()
}

/// The language that the request itself asks for.
pub fn asked_language() -> Option<Lang> {
    REQUEST.try_with(|r| r.asked).ok().flatten()
}

/// Remembers the signed-in user's language.
pub fn set_user_language(lang: Lang) {
    let _ = REQUEST.try_with(|r| r.users.set(Some(lang)));
}

/// The id under which the log speaks of this request; 0 outside a request.
pub fn id() -> u64 {
    REQUEST.try_with(|r| r.id).unwrap_or(0)
}

/// The outermost layer.
#[expect(clippy::disallowed_methods, reason = "a monotonic clock for latencies, not for business time")]
pub async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let request_scope = Scope {
        id: NEXT.fetch_add(1, Ordering::Relaxed),
        asked: request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Lang::from_accept),
        users: Cell::new(None),
    };
    let id = request_scope.id;
    let limit = if is_upload(&method, request.uri().path()) { app.settings().upload_timeout } else { app.settings().timeout };
    let mut response = REQUEST
        .scope(request_scope, async {
            match tokio::time::timeout(limit, next.run(request)).await {
                Ok(response) => response,
                Err(_) => ApiError::from(timed_out()).into_response(),
            }
        })
        .await;
    let elapsed = started.elapsed();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    app.metrics().observe(&method, route, response.status(), elapsed);
    finish(response.headers_mut(), id);
    let status = response.status();
    if status.is_server_error() {
        tracing::warn!(request = id, %method, route, status = status.as_u16(), ms = elapsed.as_millis() as u64, "answered");
    } else {
        tracing::debug!(request = id, %method, route, status = status.as_u16(), us = elapsed.as_micros() as u64, "answered");
    }
    response
}

fn is_upload(method: &Method, path: &str) -> bool {
    (method == Method::POST || method == Method::PUT) && (path.starts_with("/api/v1/files") || path.starts_with("/api/v1/imports"))
}

fn timed_out() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "timeout",
        "处理时间超过上限，请缩小范围或稍后再试。",
        "This took longer than the limit; narrow the request or try again later.",
    )
}

fn finish(headers: &mut HeaderMap, id: u64) {
    let mut text = String::with_capacity(16);
    let _ = write!(text, "{id:x}");
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert("x-request-id", value);
    }
    security::add_headers(headers);
}

/// The status as `StatusCode`; an impossible one is a fault of ours.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
