//! Settings of the organisation.

use axum::response::Response;
use guanxi_engine::{schema_change, users};
use guanxi_model::meta::Scope;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use super::problems::Writing;
use super::shapes::people::{Me, RecordScope};
use crate::extract::Body;
use crate::problem::Result;
use crate::session::Session;

/// What changes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganisation {
    /// Whose records everyone sees who may read their object; roles may go beyond it.
    #[schema(value_type = RecordScope)]
    record_scope: OpenTo,
}

/// [`RecordScope`] as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OpenTo {
    Own,
    Team,
    TeamAndBelow,
    All,
}

/// Changes whose records everyone sees. It holds from the next request of everybody on.
#[utoipa::path(
    patch, path = "/api/v1/organisation", tag = "sessions",
    request_body = UpdateOrganisation,
    responses((status = 200, description = "The signed-in user with the organisation as it is now.", body = Me), Writing),
)]
pub async fn update_organisation(session: Session, Body(patch): Body<UpdateOrganisation>) -> Result<Response> {
    let scope = match patch.record_scope {
        OpenTo::Own => Scope::Own,
        OpenTo::Team => Scope::Team,
        OpenTo::TeamAndBelow => Scope::TeamAndBelow,
        OpenTo::All => Scope::All,
    };
    schema_change::set_standard_user_scope(&session.org, &session.ctx, scope).await?;
    Ok(answer::ok(&users::me(&session.org, &session.ctx).await?))
}
