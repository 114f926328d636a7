//! Settings of the organisation.

use axum::response::Response;
use guanxi_engine::{settings, users};
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
    #[schema(value_type = Option<RecordScope>, nullable = false)]
    record_scope: Option<OpenTo>,
    /// What signing in asks of everybody.
    #[serde(default)]
    #[schema(required = false)]
    sign_in: SignInChanges,
}

/// What changes of what signing in asks of everybody.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInChanges {
    /// The shortest password that can be set, in characters: 8 to 64.
    #[schema(nullable = false)]
    password_min: Option<i64>,
    /// How long a session lasts without use, in hours: 1 to 720.
    #[schema(nullable = false)]
    idle_hours: Option<i64>,
    /// How long a session lasts at most, in days: 1 to 365.
    #[schema(nullable = false)]
    longest_days: Option<i64>,
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

/// Changes settings of the organisation; what is not named stays. They hold from the next request of everybody on; sessions that are older
/// than a new limit have ended.
#[utoipa::path(
    patch, path = "/api/v1/organisation", tag = "sessions",
    request_body = UpdateOrganisation,
    responses((status = 200, description = "The signed-in user with the organisation as it is now.", body = Me), Writing),
)]
pub async fn update_organisation(session: Session, Body(patch): Body<UpdateOrganisation>) -> Result<Response> {
    let record_scope = patch.record_scope.map(|scope| match scope {
        OpenTo::Own => Scope::Own,
        OpenTo::Team => Scope::Team,
        OpenTo::TeamAndBelow => Scope::TeamAndBelow,
        OpenTo::All => Scope::All,
    });
    let SignInChanges { password_min, idle_hours, longest_days } = patch.sign_in;
    settings::update(&session.org, &session.ctx, settings::Changes { record_scope, password_min, idle_hours, longest_days }).await?;
    Ok(answer::ok(&users::me(&session.org, &session.ctx).await?))
}
