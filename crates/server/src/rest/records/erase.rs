//! Erasing what is known of a person.

use axum::response::Response;
use guanxi_engine::erasure;
use serde::Deserialize;
use utoipa::ToSchema;

use super::RecordPath;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::rest::imports::accepted;
use crate::rest::problems::Writing;
use crate::rest::shapes;
use crate::session::Session;

/// The confirmation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRequest {
    /// The record's name, typed exactly as it is.
    name: String,
}

/// Erases the personal values of a record, from its history, too, for good: for administrators. The audit log notes it, and verifies as before. The job
/// removes files that hang on the record, uploads of imports of its object, and files of exports.
#[utoipa::path(
    post, path = "/api/v1/records/{object}/{id}/erase", tag = "records",
    params(RecordPath),
    request_body = EraseRequest,
    responses((status = 202, description = "The values are gone; the job removes files.", body = shapes::jobs::Job), Writing),
)]
pub async fn erase_record(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    Body(asked): Body<EraseRequest>,
) -> Result<Response> {
    let job = erasure::erase(&session.org, &session.ctx, &object, &id, &asked.name).await?;
    Ok(accepted(&job))
}
