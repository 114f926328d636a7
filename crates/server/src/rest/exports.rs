//! Exports of any query to a file.

use axum::response::Response;
use guanxi_engine::export::{self, ExportRequest};
use utoipa::ToSchema;

use super::imports::accepted;
use super::problems::{Acting, Writing};
use super::{answer, shapes};
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::Session;

/// The format of an exported file.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text with commas.
    Csv,
    /// A workbook.
    Xlsx,
    /// Cards of an address book (vCard 3.0): which records and in which order is taken from the query, not which fields.
    Vcf,
}

/// What stands in the first row.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum HeaderRow {
    /// Labels in the user's language.
    Labels,
    /// API names.
    Names,
}

/// What to export.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// The query.
    pub q: String,
    /// Format.
    #[schema(nullable = false)]
    pub format: Option<ExportFormat>,
    /// Name of the file without extension.
    pub title: Option<String>,
    /// First row.
    #[schema(nullable = false)]
    pub headers: Option<HeaderRow>,
}

/// Exports a query to a file.
#[utoipa::path(
    post, path = "/api/v1/exports", tag = "exports",
    request_body = NewExport,
    responses((status = 202, description = "The job.", body = shapes::jobs::Job), Writing),
)]
pub async fn create_export(session: Session, Body(request): Body<ExportRequest>) -> Result<Response> {
    Ok(accepted(&export::start(&session.org, &session.ctx, request).await?))
}

/// The exported file, once the job has succeeded.
#[utoipa::path(
    get, path = "/api/v1/exports/{job_id}/file", tag = "exports",
    params(("job_id" = String, Path, description = "The job.")),
    responses(
        (status = 200, description = "The file.", content(
            (shapes::Bytes = "text/csv"),
            (shapes::Bytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Acting,
    ),
)]
pub async fn export_file(session: Session, Path(job_id): Path<String>) -> Result<Response> {
    Ok(answer::download(export::file(&session.org, &session.ctx, &job_id).await?))
}
