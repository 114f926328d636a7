//! A masked value in full.

use axum::response::Response;
use guanxi_engine::reveal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::RecordPath;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Writing;
use crate::rest::shapes::AnyValue;
use crate::session::Session;

/// Which value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    /// API name of the field.
    field: String,
}

/// The value.
#[derive(Serialize, ToSchema)]
pub struct RevealedValue {
    /// API name of the field.
    field: String,
    /// Its value in full.
    #[schema(value_type = AnyValue)]
    value: Value,
}

/// Shows a masked value in full to those whose role allows it; the audit log notes it.
#[utoipa::path(
    post, path = "/api/v1/records/{object}/{id}/reveal", tag = "records",
    params(RecordPath),
    request_body = RevealRequest,
    responses((status = 200, description = "The value.", body = RevealedValue), Writing),
)]
pub async fn reveal_value(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    Body(asked): Body<RevealRequest>,
) -> Result<Response> {
    let value = reveal::reveal(&session.org, &session.ctx, &object, &id, &asked.field).await?;
    Ok(answer::ok(&RevealedValue { field: asked.field, value }))
}
