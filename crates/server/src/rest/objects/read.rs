//! Reading the metadata.

use axum::response::Response;
use guanxi_engine::metadata;

use super::MetadataParams;
use crate::extract::{Params, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Reading;
use crate::rest::shapes::metadata::{ObjectDetail, ObjectList};
use crate::session::Session;

/// The objects the user may see.
#[utoipa::path(
    get, path = "/api/v1/objects", tag = "metadata",
    responses((status = 200, description = "The objects.", body = ObjectList), Reading),
)]
pub async fn list_objects(session: Session, Params(params): Params<MetadataParams>) -> Result<Response> {
    let labels = params.labels(&session.ctx)?;
    Ok(answer::ok(&metadata::objects(&session.org, &session.ctx, labels)))
}

/// One object with its fields, layout, views and pipelines.
#[utoipa::path(
    get, path = "/api/v1/objects/{object}", tag = "metadata",
    params(("object" = String, Path, description = "API name of the object.")),
    responses((status = 200, description = "The object.", body = ObjectDetail), Reading),
)]
pub async fn get_object(session: Session, Path(object): Path<String>, Params(params): Params<MetadataParams>) -> Result<Response> {
    let labels = params.labels(&session.ctx)?;
    Ok(answer::ok(&metadata::object(&session.org, &session.ctx, &object, labels).await?))
}
