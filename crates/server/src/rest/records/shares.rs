//! With whom a record is shared: its team.

use axum::response::Response;
use guanxi_engine::shares::{self, Terms};
use guanxi_model::meta::ShareAccess;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::RecordPath;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::{Acting, Reading, Writing};
use crate::rest::shapes::people::Person;
use crate::rest::sharing;
use crate::session::Session;

/// A record and someone it is shared with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SharePath {
    /// API name of the object.
    object: String,
    /// Record id.
    id: String,
    /// Id of a user, team, position or public group.
    with: String,
}

/// With whom something is shared.
#[derive(ToSchema)]
pub struct Grantee {
    /// Record id.
    pub id: String,
    /// `user`, `team`, `position`, `public_group` or `territory`.
    pub object: String,
    /// Name.
    pub name: String,
}

/// A share.
#[derive(ToSchema)]
pub struct RecordShare {
    /// With whom.
    pub with: Grantee,
    /// What they may do.
    pub access: sharing::ShareAccess,
    /// The part they play.
    #[schema(required)]
    pub part: Option<String>,
    /// Until when; `null`: for good.
    #[schema(required, format = DateTime)]
    pub expires_at: Option<String>,
    /// Who shared it.
    #[schema(required)]
    pub by: Option<Person>,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// The shares of a record.
#[derive(Serialize, ToSchema)]
pub struct RecordShares {
    /// Whether the user may share it and end shares.
    may_share: bool,
    /// The oldest first.
    #[schema(value_type = Vec<RecordShare>)]
    shares: Vec<shares::ShareShown>,
}

/// On what terms a record is shared.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareTerms {
    /// What they may do.
    #[schema(value_type = sharing::ShareAccess)]
    access: ShareAccess,
    /// The part they play, at most 40 characters.
    #[serde(default)]
    part: Option<String>,
    /// Until when, RFC 3339; for good, if absent.
    #[serde(default)]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// With whom a record is shared.
#[utoipa::path(
    get, path = "/api/v1/records/{object}/{id}/shares", tag = "records",
    params(RecordPath),
    responses((status = 200, description = "The shares.", body = RecordShares), Reading),
)]
pub async fn list_shares(session: Session, Path(RecordPath { object, id }): Path<RecordPath>) -> Result<Response> {
    shown(&session, &object, &id).await
}

async fn shown(session: &Session, object: &str, id: &str) -> Result<Response> {
    let shares::Shares { may_share, shares } = shares::list(&session.org, &session.ctx, object, id).await?;
    Ok(answer::ok(&RecordShares { may_share, shares }))
}

/// Shares a record with a user, team, position or public group, or changes the terms. For its owner and those above.
#[utoipa::path(
    put, path = "/api/v1/records/{object}/{id}/shares/{with}", tag = "records",
    params(SharePath),
    request_body = ShareTerms,
    responses((status = 200, description = "The shares as they are now.", body = RecordShares), Writing),
)]
pub async fn share_record(
    session: Session,
    Path(SharePath { object, id, with }): Path<SharePath>,
    Body(terms): Body<ShareTerms>,
) -> Result<Response> {
    let terms = Terms { access: terms.access, part: terms.part, expires_at: terms.expires_at.as_deref().map(shares::time).transpose()? };
    shares::share(&session.org, &session.ctx, &object, &id, &with, terms).await?;
    shown(&session, &object, &id).await
}

/// Ends a share. For the record's owner and those above, and for whom it is shared with.
#[utoipa::path(
    delete, path = "/api/v1/records/{object}/{id}/shares/{with}", tag = "records",
    params(SharePath),
    responses((status = 204, description = "It is not shared with them."), Acting),
)]
pub async fn unshare_record(session: Session, Path(SharePath { object, id, with }): Path<SharePath>) -> Result<Response> {
    shares::unshare(&session.org, &session.ctx, &object, &id, &with).await?;
    Ok(answer::no_content())
}
