//! What operators ask: is it alive, can it work, how is it doing.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use guanxi_engine::{audit, changes, search, upkeep};
use guanxi_model::{Error, ErrorKind};

use crate::App;
use crate::metrics::resident_bytes;
use crate::problem::ApiError;

/// `/healthz`, `/readyz`, `/metrics`.
pub fn routes() -> Router<App> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Every organisation's store answers, and the server is not shutting down.
async fn readyz(State(app): State<App>) -> Response {
    let away = |detail: String| {
        let error = Error::new(ErrorKind::Unavailable, "not_ready", "服务尚未就绪。", "The server is not ready.").because(detail);
        ApiError::from(error).into_response()
    };
    if app.closing() {
        return away("shutting down".to_owned());
    }
    for (name, org) in app.organisations() {
        if let Err(error) = upkeep::answers(&org).await {
            return away(format!("{name}: {error}"));
        }
    }
    (StatusCode::OK, "ready\n").into_response()
}

async fn metrics(State(app): State<App>) -> Response {
    let mut out = String::with_capacity(16 << 10);
    app.metrics().write(&mut out);
    let organisations = app.organisations();
    let in_logs: i64 = organisations.iter().map(|(_, org)| changes::head(org)).sum();
    let mut gauge = |name: &str, help: &str, kind: &str, value: u64| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    };
    gauge("guanxi_organisations", "Organisations served.", "gauge", organisations.len() as u64);
    gauge("guanxi_changes_total", "Changes in the logs of all organisations.", "counter", in_logs.unsigned_abs());
    let (commits, writes) =
        organisations.iter().map(|(_, org)| upkeep::commits(org)).fold((0, 0), |(c, w), (commits, writes)| (c + commits, w + writes));
    gauge("guanxi_commits_total", "Commits by this process.", "counter", commits);
    gauge("guanxi_committed_writes_total", "Writes in these commits; several in one share its flush.", "counter", writes);
    if let Some(behind) = organisations.iter().filter_map(|(_, org)| search::behind(org)).max() {
        gauge("guanxi_search_behind", "Changes that the search index farthest behind has not taken in.", "gauge", behind);
    }
    if let Some(behind) = organisations.iter().filter_map(|(_, org)| audit::behind(org)).max() {
        gauge("guanxi_audit_behind", "Changes that the audit log farthest behind has not taken in.", "gauge", behind);
    }
    gauge("guanxi_event_streams", "Open event streams.", "gauge", app.hub().count() as u64);
    if let Some(bytes) = resident_bytes() {
        gauge("process_resident_memory_bytes", "Memory the process holds.", "gauge", bytes);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response()
}
