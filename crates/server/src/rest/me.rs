//! What the signed-in user may change about themselves.

use axum::response::Response;
use guanxi_engine::{recent, users};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Reading, Writing};
use super::query::limit_within;
use super::shapes::people::{Density, Language, Me, Theme};
use crate::extract::{Body, Params};
use crate::problem::Result;
use crate::session::Session;

/// What changes.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// Language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Language>)]
    language: Option<String>,
    /// Colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Theme>)]
    theme: Option<String>,
    /// How close rows stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Density>)]
    density: Option<String>,
    /// The next step of the tour for new users; -1 once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1, maximum = 99)]
    tour: Option<i64>,
    /// IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

/// Changes language, colours, density, time zone or the place in the tour.
#[utoipa::path(
    patch, path = "/api/v1/me", tag = "sessions",
    request_body = UpdateMe,
    responses((status = 200, description = "The user as it is now.", body = Me), Writing),
)]
pub async fn update_me(session: Session, Body(patch): Body<UpdateMe>) -> Result<Response> {
    let patch = serde_json::to_value(&patch).unwrap_or_default();
    Ok(answer::ok(&users::update_me(&session.org, &session.ctx, &patch).await?))
}

/// How many.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecentParams {
    /// At most so many; 10 if absent.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// What was looked at.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteRecent {
    /// The record.
    id: String,
}

/// Records looked at lately.
#[derive(Serialize, ToSchema)]
pub struct RecentRecords {
    /// The newest first.
    records: Vec<RecentRecord>,
}

/// A record looked at.
#[derive(Serialize, ToSchema)]
pub struct RecentRecord {
    /// Its object.
    object: String,
    /// Its id.
    id: String,
    /// Its name.
    #[schema(required)]
    name: Option<String>,
    /// When it was looked at.
    at: String,
}

/// The records the user looked at lately, on any device.
#[utoipa::path(
    get, path = "/api/v1/me/recent", tag = "sessions",
    params(RecentParams),
    responses((status = 200, description = "The records, the newest first.", body = RecentRecords), Reading),
)]
pub async fn list_recent(session: Session, Params(params): Params<RecentParams>) -> Result<Response> {
    let seen = recent::list(&session.org, &session.ctx, limit_within(params.limit, 10, 50)? as usize).await?;
    let records = seen.into_iter().map(|s| RecentRecord { object: s.object, id: s.id, name: s.name, at: s.at }).collect();
    Ok(answer::ok(&RecentRecords { records }))
}

/// Remembers that the user looked at a record.
#[utoipa::path(
    post, path = "/api/v1/me/recent", tag = "sessions",
    request_body = NoteRecent,
    responses((status = 204, description = "Remembered."), Writing),
)]
pub async fn note_recent(session: Session, Body(seen): Body<NoteRecent>) -> Result<Response> {
    recent::note(&session.org, &session.ctx, &seen.id).await?;
    Ok(answer::no_content())
}
