//! What the signed-in user may change about themselves.

use axum::response::Response;
use guanxi_engine::users;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use super::problems::Writing;
use super::shapes::people::{Language, Me, Theme};
use crate::extract::Body;
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
    /// IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

/// Changes language, colours or time zone.
#[utoipa::path(
    patch, path = "/api/v1/me", tag = "sessions",
    request_body = UpdateMe,
    responses((status = 200, description = "The user as it is now.", body = Me), Writing),
)]
pub async fn update_me(session: Session, Body(patch): Body<UpdateMe>) -> Result<Response> {
    let patch = serde_json::to_value(&patch).unwrap_or_default();
    Ok(answer::ok(&users::update_me(&session.org, &session.ctx, &patch).await?))
}
