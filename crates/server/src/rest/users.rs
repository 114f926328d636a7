//! Passwords of users. All else about a user is a record.

use axum::response::Response;
use guanxi_engine::{sign_in, users};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use super::problems::Writing;
use super::records::record_id;
use super::sessions::turn;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::Session;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password from now on.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
    /// The password that holds; needed for one's own.
    #[serde(default)]
    #[schema(max_length = 1024)]
    current: Option<String>,
}

/// Sets a password: an administrator another user's, everybody their own. Ends the user's sessions, but for the one that asks.
#[utoipa::path(
    put, path = "/api/v1/users/{id}/password", tag = "sessions",
    params(("id" = String, Path, description = "The user.")),
    request_body = NewPassword,
    responses((status = 204, description = "It holds from now on."), Writing),
)]
pub async fn set_password(session: Session, Path(id): Path<String>, Body(new): Body<NewPassword>) -> Result<Response> {
    let user = record_id(&session.org.schema(), "user", &id)?;
    users::check_may_set_password(&session.org, &session.ctx, user)?;
    let _turn = turn().await?;
    let Session { org, ctx, token, .. } = &session;
    sign_in::change_password(org, ctx, token, user, new.current.as_deref(), &new.password).await?;
    Ok(answer::no_content())
}
