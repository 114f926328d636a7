//! Undo.

use axum::response::Response;
use guanxi_engine::definitions;
use guanxi_engine::undo::{self, Begun};
use guanxi_model::Error;
use serde::Serialize;
use utoipa::ToSchema;

use super::imports::accepted;
use super::problems::Acting;
use super::{answer, shapes};
use crate::extract::Path;
use crate::problem::Result;
use crate::request;
use crate::session::Session;

/// What was taken back.
#[derive(Serialize, ToSchema)]
pub struct UndoResult {
    /// The change set of the undo itself.
    #[schema(required)]
    change_set: Option<String>,
    /// How many records are as they were.
    reverted: u64,
    /// What was not taken back.
    conflicts: Vec<UndoConflict>,
}

/// What was not taken back.
#[derive(Serialize, ToSchema)]
pub struct UndoConflict {
    /// The record.
    id: String,
    /// The field; null for the whole record.
    #[schema(required)]
    field: Option<String>,
    /// Why.
    reason: String,
}

/// Takes back one change of a role, of how an object is shared, or of whose records everyone sees, where nobody has changed it since.
#[utoipa::path(
    post, path = "/api/v1/changes/{seq}/undo", tag = "metadata",
    params(("seq" = i64, Path, description = "The place in the change log: `entry.change` of the audit log.", minimum = 1)),
    responses((status = 204, description = "It is as it was before."), Acting),
)]
pub async fn undo_definition(session: Session, Path(seq): Path<String>) -> Result<Response> {
    let unknown = || Error::not_found("没有这次修改。", "There is no such change.");
    let seq = seq.parse::<i64>().ok().filter(|seq| *seq > 0).ok_or_else(unknown)?;
    definitions::undo(&session.org, &session.ctx, seq).await?;
    Ok(answer::no_content())
}

/// Takes back everything a change set did, but for what was changed again since.
#[utoipa::path(
    post, path = "/api/v1/change_sets/{id}/undo", tag = "records",
    params(("id" = String, Path, description = "The change set, from the header `Guanxi-Change-Set`.")),
    responses(
        (status = 200, description = "What was taken back.", body = UndoResult),
        (status = 202, description = "The job that takes it back: the change set has more than 2,000 changes.", body = shapes::jobs::Job),
        Acting,
    ),
)]
pub async fn undo_change_set(session: Session, Path(id): Path<String>) -> Result<Response> {
    let unknown = || Error::not_found("没有这次修改，或者您无权撤销。", "There is no such change, or you may not undo it.");
    let id = id.parse::<i64>().ok().filter(|id| *id > 0).ok_or_else(unknown)?;
    let undone = match undo::begin(&session.org, &session.ctx, id).await? {
        Begun::Done(undone) => undone,
        Begun::Queued(job) => return Ok(accepted(&job)),
    };
    let lang = request::language();
    let conflicts = undone.conflicts.into_iter().map(|c| UndoConflict { id: c.id, field: c.field, reason: c.reason.get(lang).to_owned() });
    let change_set = (undone.reverted > 0).then(|| undone.change_set.to_string());
    let mut response = answer::ok(&UndoResult { change_set, reverted: undone.reverted, conflicts: conflicts.collect() });
    answer::set_change_set(response.headers_mut(), undone.change_set, i64::from(undone.reverted > 0));
    Ok(response)
}
