//! Files: upload, download, versions.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use guanxi_engine::files;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::problems::{Acting, Reading};
use super::shapes::jobs::{FileInfo, FilePreview, FileVersions};
use super::{answer, shapes};
use crate::extract::{Params, Path, Upload};
use crate::problem::Result;
use crate::session::Session;

/// What is uploaded.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewFileParams {
    /// The file's name.
    name: String,
    /// The record it hangs on.
    #[serde(default)]
    #[param(nullable = false)]
    related_to: Option<String>,
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContentParams {
    /// Its number; the newest if absent.
    #[serde(default)]
    #[param(nullable = false, minimum = 1)]
    version: Option<i64>,
}

#[derive(Serialize)]
struct Versions {
    versions: Vec<files::FileVersion>,
}

/// Stores a new file.
#[utoipa::path(
    post, path = "/api/v1/files", tag = "files",
    params(NewFileParams),
    request_body(content = inline(shapes::Bytes), content_type = "application/octet-stream", description = "The bytes."),
    responses((status = 201, description = "The file.", body = FileInfo), Acting),
)]
pub async fn upload_file(session: Session, Params(params): Params<NewFileParams>, mut upload: Upload) -> Result<Response> {
    let done = files::upload(&session.org, &session.ctx, &params.name, params.related_to.as_deref(), &mut upload).await;
    let file = upload.heard(done).await?;
    Ok(answer::created(format!("/api/v1/files/{}", file.id), &file))
}

/// What is known of a file.
#[utoipa::path(
    get, path = "/api/v1/files/{id}", tag = "files",
    params(("id" = String, Path, description = "The file's id.")),
    responses((status = 200, description = "The file.", body = FileInfo), Reading),
)]
pub async fn get_file(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&files::info(&session.org, &session.ctx, &id).await?))
}

/// The bytes of a file, always as an attachment.
#[utoipa::path(
    get, path = "/api/v1/files/{id}/content", tag = "files",
    params(("id" = String, Path, description = "The file's id."), ContentParams),
    responses((status = 200, description = "The bytes.", content((shapes::Bytes = "*/*"))), Reading),
)]
pub async fn file_content(session: Session, Path(id): Path<String>, Params(params): Params<ContentParams>) -> Result<Response> {
    Ok(answer::download(files::open(&session.org, &session.ctx, &id, params.version).await?))
}

/// Stores a new version of a file.
#[utoipa::path(
    put, path = "/api/v1/files/{id}/content", tag = "files",
    params(("id" = String, Path, description = "The file's id.")),
    request_body(content = inline(shapes::Bytes), content_type = "application/octet-stream", description = "The bytes."),
    responses((status = 200, description = "The file as it is now.", body = FileInfo), Acting),
)]
pub async fn upload_version(session: Session, Path(id): Path<String>, mut upload: Upload) -> Result<Response> {
    let done = files::new_version(&session.org, &session.ctx, &id, &mut upload).await;
    Ok(answer::ok(&upload.heard(done).await?))
}

/// The versions of a file, newest first.
#[utoipa::path(
    get, path = "/api/v1/files/{id}/versions", tag = "files",
    params(("id" = String, Path, description = "The file's id.")),
    responses((status = 200, description = "The versions.", body = FileVersions), Reading),
)]
pub async fn file_versions(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&Versions { versions: files::versions(&session.org, &session.ctx, &id).await? }))
}

/// Makes an older version the newest again, as a further version.
#[utoipa::path(
    post, path = "/api/v1/files/{id}/versions/{version}/restore", tag = "files",
    params(("id" = String, Path, description = "The file's id."), ("version" = i64, Path, description = "The version's number.")),
    responses((status = 200, description = "The file as it is now.", body = FileInfo), Acting),
)]
pub async fn restore_file_version(session: Session, Path((id, version)): Path<(String, i64)>) -> Result<Response> {
    Ok(answer::ok(&files::restore_version(&session.org, &session.ctx, &id, version).await?))
}

/// What can be seen of a file without opening it elsewhere.
#[utoipa::path(
    get, path = "/api/v1/files/{id}/preview", tag = "files",
    params(("id" = String, Path, description = "The file's id."), ContentParams),
    responses((status = 200, description = "What can be seen.", body = FilePreview), Reading),
)]
pub async fn file_preview(session: Session, Path(id): Path<String>, Params(params): Params<ContentParams>) -> Result<Response> {
    Ok(answer::ok(&files::preview(&session.org, &session.ctx, &id, params.version).await?))
}

/// The bytes of a picture, a PDF, sound or film to be shown in place; of other files 404 `not_viewable`.
#[utoipa::path(
    get, path = "/api/v1/files/{id}/inline", tag = "files",
    params(
        ("id" = String, Path, description = "The file's id."), ContentParams,
        ("Range" = Option<String>, Header, description = "One range of bytes, for players."),
    ),
    responses(
        (status = 200, description = "The bytes.", content((shapes::Bytes = "*/*"))),
        (status = 206, description = "The range asked for.", content((shapes::Bytes = "*/*"))),
        Reading,
    ),
)]
pub async fn file_inline(
    session: Session,
    Path(id): Path<String>,
    Params(params): Params<ContentParams>,
    headers: HeaderMap,
) -> Result<Response> {
    let wanted = headers.get(header::RANGE).and_then(|v| v.to_str().ok()).and_then(range);
    let (file, range) = files::open_inline(&session.org, &session.ctx, &id, params.version, wanted).await?;
    Ok(answer::inline(file, range))
}

/// The first and the last byte of a header `Range` with one range; any other is not for us, and the whole is answered (RFC 9110, 14.2).
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let last = if last.trim().is_empty() { None } else { Some(last.trim().parse().ok()?) };
    Some((first.trim().parse().ok()?, last))
}
