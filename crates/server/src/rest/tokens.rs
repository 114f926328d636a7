//! Tokens with which programs act for a user.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::tokens;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::records::record_id;
use crate::extract::{Body, Params, Path};
use crate::problem::Result;
use crate::session::Session;

/// A token as it is listed.
#[derive(ToSchema)]
pub struct ApiToken {
    /// What it is named by; worth nothing for getting in.
    pub id: String,
    /// The user for whom it acts.
    pub user: String,
    /// What it is for.
    pub name: String,
    /// Whether it writes; else it only reads.
    pub write: bool,
    /// The objects whose records it reaches; all if none is named.
    pub objects: Vec<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// Whether it has ended.
    pub expired: bool,
    /// When it was last used, RFC 3339; recorded once a minute.
    #[schema(required)]
    pub used_at: Option<String>,
    /// From which address it was last used.
    #[schema(required)]
    pub used_from: Option<String>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    /// The newest first.
    #[schema(value_type = Vec<ApiToken>)]
    tokens: Vec<tokens::Shown>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Whether it writes; else it only reads.
    #[serde(default)]
    #[schema(required = false)]
    write: bool,
    /// The objects whose records it reaches; all if none is named.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    objects: Vec<String>,
    /// After how many days it ends; 90 if absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<u32>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    /// The token, for `Authorization: Bearer`. It is shown this once.
    token: String,
    /// How it is listed.
    #[schema(value_type = ApiToken)]
    listed: tokens::Shown,
}

/// Whose tokens.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokenParams {
    /// Another user's id, or `all`, for administrators; else one's own.
    #[serde(default)]
    #[param(nullable = false)]
    user: Option<String>,
}

/// The tokens of the signed-in user or, for administrators, of another or of all.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "sessions",
    params(TokenParams),
    responses((status = 200, description = "The tokens, expired ones of the last 30 days among them.", body = TokenList), Reading),
)]
pub async fn list_tokens(session: Session, Params(params): Params<TokenParams>) -> Result<Response> {
    let user = match params.user.as_deref() {
        Some("all") => None,
        Some(id) => Some(record_id(&session.org.schema(), "user", id)?),
        None => Some(session.ctx.user),
    };
    Ok(answer::ok(&TokenList { tokens: tokens::list(&session.org, &session.ctx, user).await? }))
}

/// Makes a token for the signed-in user. A program sends it as `Authorization: Bearer`; it has the user's rights as they are at the time of
/// each request, or fewer. It never makes tokens, nor changes passwords, roles or second factors (403 `not_by_token`).
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "sessions",
    request_body = NewToken,
    responses((status = 201, description = "The token, shown this once.", body = MadeToken), Writing),
)]
pub async fn create_token(session: Session, Body(new): Body<NewToken>) -> Result<Response> {
    let new = tokens::NewToken { name: new.name, write: new.write, objects: new.objects, days: new.expires_in_days };
    let (token, listed) = tokens::create(&session.org, &session.ctx, new).await?;
    Ok(answer::json(StatusCode::CREATED, &MadeToken { token, listed }))
}

/// Revokes a token of one's own or, for administrators, of another user: it is worth nothing from now on.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The token, as the list names it.")),
    responses((status = 204, description = "It is revoked."), Acting),
)]
pub async fn revoke_token(session: Session, Path(id): Path<String>) -> Result<Response> {
    tokens::revoke(&session.org, &session.ctx, &id).await?;
    Ok(answer::no_content())
}
