//! One record.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::read;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{RecordPath, paths};
use crate::extract::{Params, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Reading;
use crate::rest::shapes::Record;
use crate::session::Session;

/// What of the record.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GetParams {
    /// Field paths, separated by commas (`id,name,account.name`); all readable fields if absent.
    #[serde(default)]
    #[param(nullable = false)]
    fields: Option<String>,
}

/// One record.
#[utoipa::path(
    get, path = "/api/v1/records/{object}/{id}", tag = "records",
    params(
        RecordPath,
        GetParams,
    ),
    responses(
        (status = 200, description = "The record.", body = Record, headers(("ETag" = String, description = "The record's version."))),
        Reading,
    ),
)]
pub async fn get_record(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    Params(params): Params<GetParams>,
) -> Result<Response> {
    let fields = paths(params.fields.as_deref());
    let record = read::open(&session.org, &session.ctx, &object, &id, fields.as_deref()).await?;
    let mut response = answer::json_bytes(StatusCode::OK, record.json);
    answer::set_version(response.headers_mut(), record.version);
    Ok(response)
}
