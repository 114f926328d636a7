//! A record to the recycle bin.

use axum::http::HeaderMap;
use axum::response::Response;
use guanxi_engine::write::{self, Operation, Options};

use super::{RecordPath, record_id};
use crate::extract::Path;
use crate::extract::headers::if_match;
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Acting;
use crate::session::Session;

/// Puts a record into the recycle bin, with what cascades.
#[utoipa::path(
    delete, path = "/api/v1/records/{object}/{id}", tag = "records",
    params(
        RecordPath,
        ("If-Match" = Option<String>, Header, description = "The version that shall go; 412 if it is another now."),
    ),
    responses(
        (status = 204, description = "It is in the recycle bin.", headers(("Guanxi-Change-Set" = String, description = "The change set, for undo."))),
        Acting,
    ),
)]
pub async fn delete_record(session: Session, Path(RecordPath { object, id }): Path<RecordPath>, headers: HeaderMap) -> Result<Response> {
    let id = record_id(&session.org.schema(), &object, &id)?;
    let operation = Operation::Delete { id, version: if_match(&headers)? };
    let done = write::write_one(&session.org, &session.ctx, operation, Options::default()).await?;
    let mut response = answer::no_content();
    answer::set_change_set(response.headers_mut(), done.change_set, done.last_seq);
    Ok(response)
}
