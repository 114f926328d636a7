//! The same new values for many records.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::bulk_edit::{self, BulkEdit, PreviewRow};
use guanxi_engine::jobs::Job;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::extract::{Body, Path};
use crate::problem::{Problem, Result};
use crate::request;
use crate::rest::problems::Writing;
use crate::rest::shapes::{AnyValue, Record};
use crate::rest::{answer, shapes};
use crate::session::Session;

/// Which records get which values; either `ids` or `q` is given.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkEditRequest {
    /// The records, at most 10,000.
    pub ids: Option<Vec<String>>,
    /// All records that this query finds.
    pub q: Option<String>,
    /// New values by field.
    pub values: Record,
}

/// What an edit would do.
#[derive(Serialize, ToSchema)]
pub struct BulkEditPreview {
    /// How many records it is about.
    total: u64,
    /// The first 20 of them.
    rows: Vec<BulkEditRow>,
}

/// A record as it would be.
#[derive(Serialize, ToSchema)]
pub struct BulkEditRow {
    /// The record.
    id: String,
    /// Its name.
    name: String,
    /// What would change; empty if it has the values already.
    changes: Vec<BulkEditChange>,
    /// Why it would be refused.
    #[schema(required)]
    error: Option<Problem>,
}

/// A field as it would be.
#[derive(Serialize, ToSchema)]
pub struct BulkEditChange {
    /// The field.
    field: String,
    /// Its value now.
    #[schema(value_type = AnyValue)]
    old: Value,
    /// Its value then.
    #[schema(value_type = AnyValue)]
    new: Value,
}

/// An edit that was begun.
#[derive(Serialize, ToSchema)]
pub struct BulkEditStarted {
    /// The job. Its result: `records`, `updated`, `unchanged`, `failed`, `errors` (the first 100: `id`, `name`, `message`), `change_set`.
    #[schema(value_type = shapes::jobs::Job)]
    job: Job,
    /// The change set under which it writes, for undo even if the job is cancelled.
    change_set: String,
}

/// Says what an edit of many records would do, and writes nothing.
#[utoipa::path(
    post, path = "/api/v1/records/{object}/bulk_edit/preview", tag = "records",
    params(("object" = String, Path, description = "API name of the object.")),
    request_body = BulkEditRequest,
    responses((status = 200, description = "How many records, and the first of them.", body = BulkEditPreview), Writing),
)]
pub async fn preview_bulk_edit(session: Session, Path(object): Path<String>, Body(edit): Body<BulkEdit>) -> Result<Response> {
    let preview = bulk_edit::preview(&session.org, &session.ctx, &object, &edit).await?;
    let rows = preview.rows.into_iter().map(|PreviewRow { id, name, changes, error }| BulkEditRow {
        id,
        name,
        changes: changes.into_iter().map(|(field, old, new)| BulkEditChange { field, old, new }).collect(),
        error: error.map(|e| Problem::new(&e, request::language())),
    });
    Ok(answer::ok(&BulkEditPreview { total: preview.total, rows: rows.collect() }))
}

/// Gives many records the same new values, as a job.
#[utoipa::path(
    post, path = "/api/v1/records/{object}/bulk_edit", tag = "records",
    params(("object" = String, Path, description = "API name of the object.")),
    request_body = BulkEditRequest,
    responses((status = 202, description = "The job and its change set.", body = BulkEditStarted), Writing),
)]
pub async fn bulk_edit_records(session: Session, Path(object): Path<String>, Body(edit): Body<BulkEdit>) -> Result<Response> {
    let (job, change_set) = bulk_edit::start(&session.org, &session.ctx, &object, edit).await?;
    Ok(answer::json(StatusCode::ACCEPTED, &BulkEditStarted { job, change_set: change_set.to_string() }))
}
