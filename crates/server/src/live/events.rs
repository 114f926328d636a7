//! `GET /events`: every change the user may see, as it is committed. The change log is the source, so a client that comes back with
//! `Last-Event-ID` misses nothing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use guanxi_engine::changes::Change;
use guanxi_engine::{Organisation, admission, changes, notifications, timeline};
use guanxi_model::{Ctx, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use utoipa::IntoParams;

use super::Place;
use crate::extract::Params;
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::changes::place;
use crate::rest::problems::Reading;
use crate::session::Session;
use crate::{App, request};

/// A comment is sent when nothing happened for so long, and the token is checked again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many changes are read at a time.
const BATCH: u32 = 500;

/// The pause after a full batch: an import of a million records shall not be all that a browser does. Who wants every change at once reads
/// `/api/v1/changes`.
const PAUSE: Duration = Duration::from_millis(250);

/// From where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsParams {
    /// The last change already known; from now on if absent. The header `Last-Event-ID` goes first.
    #[serde(default)]
    #[param(nullable = false, minimum = 0)]
    after: Option<i64>,
}

/// What an event says.
#[derive(Serialize)]
struct Data<'a> {
    seq: i64,
    object: &'a str,
    id: &'a str,
    op: &'a str,
    version: i64,
    change_set: &'a str,
    /// The records on whose timeline it shows, as far as the change names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    about: Vec<&'a str>,
}

impl Data<'_> {
    fn of(change: &Change) -> Data<'_> {
        let relations = change.fields.iter().filter(|field| field.field == timeline::ABOUT);
        Data {
            seq: change.seq,
            object: &change.object,
            id: &change.id,
            op: change.op,
            version: change.version,
            change_set: &change.change_set,
            about: relations.flat_map(|field| [&field.old, &field.new]).filter_map(Value::as_str).collect(),
        }
    }
}

/// A stream of `event: change` with `{"seq", "object", "id", "op", "version", "change_set"}`, and `about` where an activity names its records.
/// `event: notification` says that the user was told something, or has read it in another place.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "changes",
    params(EventsParams, ("Last-Event-ID" = Option<String>, Header, description = "The last event received, by a client that comes back.")),
    responses((status = 200, description = "Server-sent events.", body = String, content_type = "text/event-stream"), Reading),
)]
pub async fn stream_events(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    Params(params): Params<EventsParams>,
) -> Result<Response> {
    let head = changes::follow(&session.org);
    let told = notifications::follow(&session.org);
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
    let after = place(last.or(params.after).or_else(|| Some(*head.borrow())))?;
    let place = app.hub().enter(admission::organisation_of_token(&session.token).unwrap_or(""), session.ctx.user.0)?;
    let reader = Reader {
        org: session.org,
        token: session.token,
        address: session.address,
        ctx: Ctx::clone(&session.ctx),
        after,
        head,
        told,
        closing: app.hub().closing(),
        ready: VecDeque::from([Event::default().comment("ready")]),
        _place: place,
    };
    let events = stream::unfold(reader, |mut reader| async move { reader.next().await.map(|event| (Ok::<_, Infallible>(event), reader)) });
    let mut response = Sse::new(events).into_response();
    answer::set(response.headers_mut(), HeaderName::from_static("x-accel-buffering"), "no");
    Ok(response)
}

/// A stream's place in the change log. It reads only when the client has taken what was ready, so a slow client costs one batch.
struct Reader {
    org: Organisation,
    token: String,
    address: String,
    ctx: Ctx,
    after: i64,
    head: watch::Receiver<i64>,
    told: broadcast::Receiver<notifications::Told>,
    closing: watch::Receiver<bool>,
    ready: VecDeque<Event>,
    _place: Place,
}

impl Reader {
    /// The next event; `None` ends the stream: the server closes, the session has ended, or the store is away (the client comes back).
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if *self.closing.borrow() {
                return None;
            }
            self.ctx = admission::authenticate(&self.org, &self.token, Some(self.ctx.lang), &self.address).await.ok()?;
            self.head.mark_unchanged();
            if self.read().await? {
                continue;
            }
            tokio::select! {
                moved = self.head.changed() => moved.ok()?,
                () = told(&mut self.told, self.ctx.user) => self.ready.push_back(Event::default().event("notification").data("{}")),
                _ = self.closing.changed() => return None,
                () = tokio::time::sleep(HEARTBEAT) => self.ready.push_back(Event::default().comment("")),
            }
        }
    }

    /// Reads a batch; says whether the place in the log has moved.
    async fn read(&mut self) -> Option<bool> {
        let read = changes::after(&self.org, &self.ctx, self.after, BATCH).await;
        let (found, next) = read.map_err(|error| tracing::warn!(request = request::id(), %error, "event stream ends")).ok()?;
        for change in &found {
            let text = serde_json::to_string(&Data::of(change)).ok()?;
            self.ready.push_back(Event::default().event("change").id(change.seq.to_string()).data(text));
        }
        if found.len() >= BATCH as usize {
            tokio::time::sleep(PAUSE).await;
        }
        let moved = next > self.after;
        self.after = self.after.max(next);
        Some(moved)
    }
}

/// Waits until the user was told something, or may have been. The event has no id: what was missed shows in the count of unread ones.
async fn told(told: &mut broadcast::Receiver<notifications::Told>, user: RecordId) {
    while let Ok(users) = told.recv().await {
        if users.contains(&user) {
            return;
        }
    }
}
