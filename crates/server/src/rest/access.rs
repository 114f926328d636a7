//! Why somebody can see a record, or cannot.

use axum::response::Response;
use guanxi_engine::explain;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::Reading;
use super::shapes::people::Person;
use crate::extract::Params;
use crate::problem::Result;
use crate::session::Session;

/// Who, what.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessParams {
    /// The user's id.
    user: String,
    /// The record's id.
    record: String,
    /// API name of a field of the record.
    #[serde(default)]
    #[param(nullable = false)]
    field: Option<String>,
}

/// One link of the chain.
#[derive(ToSchema)]
pub struct AccessStep {
    /// Whether it gives the right; `null` where it only says how things are.
    #[schema(required)]
    pub grants: Option<bool>,
    /// What it says.
    pub text: String,
}

/// How a field is seen.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum FieldShown {
    /// In full.
    Full,
    /// In part.
    Masked,
    /// Not at all.
    Hidden,
}

/// What the user may do with the field.
#[derive(ToSchema)]
pub struct FieldAccessAnswer {
    /// API name.
    pub name: String,
    /// Label.
    pub label: String,
    /// How it is seen.
    pub shown: FieldShown,
    /// Whether it may be written.
    pub edit: bool,
    /// What the roles say of it.
    pub steps: Vec<AccessStep>,
}

/// What a user may do with a record, and why.
#[derive(ToSchema)]
pub struct AccessAnswer {
    /// The user.
    pub user: Person,
    /// The record's owner.
    #[schema(required)]
    pub owner: Option<Person>,
    /// Whether the user may read it.
    pub read: bool,
    /// Whether the user may edit it.
    pub edit: bool,
    /// Whether the user may delete it.
    pub delete: bool,
    /// Why.
    pub steps: Vec<AccessStep>,
    /// The field that was asked for.
    #[schema(required)]
    pub field: Option<FieldAccessAnswer>,
}

/// Says what a user may do with a record and with one of its fields, and why: about others to administrators only.
#[utoipa::path(
    get, path = "/api/v1/access", tag = "roles",
    params(AccessParams),
    responses((status = 200, description = "What, and why.", body = AccessAnswer), Reading),
)]
pub async fn explain_access(session: Session, Params(params): Params<AccessParams>) -> Result<Response> {
    let answer = explain::explain(&session.org, &session.ctx, &params.user, &params.record, params.field.as_deref()).await?;
    Ok(answer::ok(&answer))
}
