//! Records of any object.

pub mod bulk;
pub mod bulk_edit;
pub mod create;
pub mod delete;
pub mod erase;
pub mod get;
pub mod history;
pub mod list;
pub mod reveal;
pub mod shares;
pub mod update;

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::write::{Outcome, Row, Written};
use guanxi_model::{Error, RecordId, Schema};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use crate::problem::Result;
use crate::session::Session;

/// The path of a record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RecordPath {
    /// API name of the object.
    object: String,
    /// The record's id, 18 (or 15) characters.
    id: String,
}

/// The field paths of a `fields` parameter.
fn paths(fields: Option<&str>) -> Option<Vec<&str>> {
    fields.map(|list| list.split(',').map(str::trim).filter(|path| !path.is_empty()).collect())
}

/// The id of a path that must belong to the object of the path.
pub(super) fn record_id(schema: &Schema, object: &str, id: &str) -> Result<RecordId> {
    let object = schema.require(object)?;
    match schema.parse_id(id) {
        Some((of, id)) if of.no == object.no => Ok(id),
        _ => Err(Error::no_record().into()),
    }
}

/// The answer of a write of one record.
fn written(session: &Session, written: Written, status: StatusCode) -> Result<Response> {
    let (change_set, last_seq) = (written.change_set, written.last_seq);
    let row: Row = match written.outcomes.into_iter().next() {
        Some(Outcome::Created(row) | Outcome::Updated(row) | Outcome::Unchanged(row)) => row,
        Some(Outcome::Failed(error)) => return Err(error.into()),
        other => return Err(Error::internal(format!("outcome of a write: {other:?}")).into()),
    };
    let mut response = answer::json_bytes(status, row.json(&session.ctx, &session.org.schema()));
    answer::set_version(response.headers_mut(), row.version());
    answer::set_change_set(response.headers_mut(), change_set, last_seq);
    Ok(response)
}
