//! Imports: upload, mapping, preview, dry run, run, errors, undo.

use axum::http::{StatusCode, header};
use axum::response::Response;
use guanxi_engine::import::{self, ImportPatch};
use guanxi_engine::jobs::Job;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::problems::{Acting, Reading, Writing};
use super::shapes::imports::{Import, ImportList, Preview, UpdateImport};
use super::{answer, shapes};
use crate::extract::{Body, Params, Path, Upload};
use crate::problem::Result;
use crate::session::Session;

/// What is uploaded.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewImportParams {
    /// The object to import into.
    object: String,
    /// The file's name.
    file_name: String,
}

#[derive(Serialize)]
struct Imports {
    imports: Vec<import::Import>,
}

/// Uploads a CSV or XLSX file and looks at it.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "imports",
    params(NewImportParams),
    request_body(content = inline(shapes::Bytes), content_type = "application/octet-stream", description = "The file."),
    responses((status = 201, description = "The import with a suggested mapping.", body = Import), Acting),
)]
pub async fn create_import(session: Session, Params(params): Params<NewImportParams>, mut upload: Upload) -> Result<Response> {
    let done = import::create(&session.org, &session.ctx, &params.object, &params.file_name, &mut upload).await;
    let import = upload.heard(done).await?;
    Ok(answer::created(format!("/api/v1/imports/{}", import.id), &import))
}

/// The user's imports (an administrator's: all), newest first.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "imports",
    responses((status = 200, description = "The imports.", body = ImportList), Reading),
)]
pub async fn list_imports(session: Session) -> Result<Response> {
    Ok(answer::ok(&Imports { imports: import::list(&session.org, &session.ctx).await? }))
}

/// One import.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = Import), Reading),
)]
pub async fn get_import(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&import::get(&session.org, &session.ctx, &id).await?))
}

/// Changes how the file is read.
#[utoipa::path(
    patch, path = "/api/v1/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    request_body = UpdateImport,
    responses((status = 200, description = "The import as it is now.", body = Import), Writing),
)]
pub async fn update_import(session: Session, Path(id): Path<String>, Body(patch): Body<ImportPatch>) -> Result<Response> {
    Ok(answer::ok(&import::update(&session.org, &session.ctx, &id, patch).await?))
}

/// The first 20 rows as they will be.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/preview", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 200, description = "The rows.", body = Preview), Acting),
)]
pub async fn preview_import(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&import::preview(&session.org, &session.ctx, &id).await?))
}

/// Checks every row without writing.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/dry_run", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 202, description = "The job.", body = shapes::jobs::Job), Acting),
)]
pub async fn dry_run_import(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(accepted(&import::dry_run(&session.org, &session.ctx, &id).await?))
}

/// Imports the file.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/run", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 202, description = "The job.", body = shapes::jobs::Job), Acting),
)]
pub async fn run_import(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(accepted(&import::run(&session.org, &session.ctx, &id).await?))
}

/// The rows that failed, as they were, with the reason.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/errors", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 200, description = "The rows as CSV.", body = String, content_type = "text/csv"), Reading),
)]
pub async fn import_errors(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::download(import::errors(&session.org, &session.ctx, &id).await?))
}

/// Takes back everything the import wrote, but for what was changed again since.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/undo", tag = "imports",
    params(("id" = String, Path, description = "The import.")),
    responses((status = 202, description = "The job.", body = shapes::jobs::Job), Acting),
)]
pub async fn undo_import(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(accepted(&import::undo(&session.org, &session.ctx, &id).await?))
}

/// A job that has been queued.
pub fn accepted(job: &Job) -> Response {
    let mut response = answer::json(StatusCode::ACCEPTED, job);
    answer::set(response.headers_mut(), header::LOCATION, format!("/api/v1/jobs/{}", job.id));
    response
}
