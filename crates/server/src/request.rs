//! What surrounds every request: its id, its language, its time limit, its line in the log, its figures and its headers.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guanxi_engine::{Organisation, audit};
use guanxi_model::{Ctx, Error, ErrorKind, Lang};
use tower::Service;

use crate::App;
use crate::problem::{self, ApiError, Refused};
use crate::security;

/// The most characters of a refused request that are noted.
const MAX_NOTED: usize = 300;

tokio::task_local! {
    static REQUEST: Scope;
}

/// What code below the handlers may know of the request it works for.
struct Scope {
    id: u64,
    asked: Option<Lang>,
    caller: OnceCell<(Organisation, Arc<Ctx>)>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The language of this request's messages: `Accept-Language`, then the signed-in user's, then Chinese.
pub fn language() -> Lang {
    REQUEST.try_with(|r| r.asked.or(r.caller.get().map(|(_, ctx)| ctx.lang)).unwrap_or_default()).unwrap_or_default()
}

/// The language that the request itself asks for.
pub fn asked_language() -> Option<Lang> {
    REQUEST.try_with(|r| r.asked).ok().flatten()
}

/// Remembers who asks.
pub fn set_caller(org: &Organisation, ctx: &Arc<Ctx>) {
    let _ = REQUEST.try_with(|r| r.caller.set((org.clone(), Arc::clone(ctx))));
}

/// The id under which the log speaks of this request; 0 outside a request.
pub fn id() -> u64 {
    REQUEST.try_with(|r| r.id).unwrap_or(0)
}

/// The outermost layer. A service of its own rather than `axum::middleware::from_fn`, which clones every route below it for each request.
#[derive(Clone)]
pub struct Around<S> {
    app: App,
    inner: S,
}

impl<S> Around<S> {
    /// Around this service.
    pub fn new(app: App, inner: S) -> Around<S> {
        Around { app, inner }
    }
}

impl<S> Service<Request> for Around<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let told = Told::of(&self.app, &request);
        let answer = self.inner.call(request);
        let app = self.app.clone();
        Box::pin(async move { Ok(around(app, told, answer).await) })
    }
}

/// What is kept of a request while it is answered.
struct Told {
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
    scope: Scope,
    limit: Duration,
}

impl Told {
    fn of(app: &App, request: &Request) -> Told {
        let method = request.method().clone();
        let limit = if is_upload(&method, request.uri().path()) { app.settings().upload_timeout } else { app.settings().timeout };
        let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Lang::from_accept);
        let scope = Scope { id: NEXT.fetch_add(1, Ordering::Relaxed), asked, caller: OnceCell::new() };
        Told { uri: request.uri().clone(), route: request.extensions().get::<MatchedPath>().cloned(), method, scope, limit }
    }
}

#[expect(clippy::disallowed_methods, reason = "a monotonic clock for latencies, not for business time")]
async fn around(app: App, told: Told, answer: impl Future<Output = Result<Response, Infallible>>) -> Response {
    let Told { method, uri, route, scope, limit } = told;
    let started = Instant::now();
    let id = scope.id;
    let mut response = REQUEST
        .scope(scope, async {
            let response = match tokio::time::timeout(limit, AssertUnwindSafe(answer).catch_unwind()).await {
                Ok(Ok(Ok(response))) => response,
                Ok(Ok(Err(never))) => match never {},
                Ok(Err(panic)) => problem::panicked(panic),
                Err(_) => ApiError::from(timed_out()).into_response(),
            };
            if let Some(refused) = response.extensions().get::<Refused>() {
                // In a box, as what is seldom: it would make the future of every request large.
                Box::pin(note_refused(*refused, &method, uri.path())).await;
            }
            response
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

/// Notes in the audit log that the caller was refused.
async fn note_refused(Refused(code): Refused, method: &Method, path: &str) {
    let Ok(Some((org, ctx))) = REQUEST.try_with(|r| r.caller.get().cloned()) else { return };
    let what: String = format!("{method} {path}").chars().take(MAX_NOTED).collect();
    if let Err(error) = audit::note_refused(&org, &ctx, code, &what).await {
        tracing::warn!(request = id(), code, %error, "a refusal is not in the audit log");
    }
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
