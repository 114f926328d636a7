//! New values of a record.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use guanxi_engine::write::{self, Operation, Options};
use serde_json::{Map, Value};

use super::{RecordPath, record_id, written};
use crate::extract::headers::if_match;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::rest::problems::Writing;
use crate::rest::shapes::Record;
use crate::session::Session;

/// Changes a record: only the fields given.
#[utoipa::path(
    patch, path = "/api/v1/records/{object}/{id}", tag = "records",
    params(
        RecordPath,
        ("If-Match" = Option<String>, Header, description = "The version the change is made for, as `\"3\"`; 412 if it is another now."),
    ),
    request_body = Record,
    responses(
        (status = 200, description = "The record as it is now.", body = Record, headers(
            ("ETag" = String, description = "The record's version."),
            ("Guanxi-Change-Set" = String, description = "The change set, for undo; absent if nothing changed."),
        )),
        Writing,
    ),
)]
pub async fn update_record(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    headers: HeaderMap,
    Body(values): Body<Map<String, Value>>,
) -> Result<Response> {
    let id = record_id(&session.org.schema(), &object, &id)?;
    let operation = Operation::Update { id, values, version: if_match(&headers)? };
    let done = write::write_one(&session.org, &session.ctx, operation, Options::default()).await?;
    written(&session, done, StatusCode::OK)
}
