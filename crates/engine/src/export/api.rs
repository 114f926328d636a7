//! The use cases of an export.

use std::path::Path;

use guanxi_model::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};

use crate::Organisation;
use crate::files::Opened;
use crate::jobs::Job;

/// The format of an exported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text: UTF-8 with byte order mark, commas, RFC 4180.
    #[default]
    Csv,
    /// A workbook (Office Open XML).
    Xlsx,
}

/// What stands in the first row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Headers {
    /// The fields' labels in the user's language.
    #[default]
    Labels,
    /// API names.
    Names,
}

/// What to export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// Query text.
    pub q: String,
    /// Format.
    #[serde(default)]
    pub format: ExportFormat,
    /// Name of the file without extension; the object's label where absent.
    #[serde(default)]
    pub title: Option<String>,
    /// First row.
    #[serde(default)]
    pub headers: Headers,
}

/// Queues an export.
///
/// # Errors
/// 403 without the right to export; 400 when the query is wrong.
pub async fn start(org: &Organisation, ctx: &Ctx, request: ExportRequest) -> Result<Job> {
    let _ = (org, ctx, request);
    Err(Error::internal("unwritten"))
}

/// Opens the file of an export: for its creator or an administrator only.
///
/// # Errors
/// 404 when there is none; 409 `export_not_ready` while it runs.
pub async fn file(org: &Organisation, ctx: &Ctx, job_id: &str) -> Result<Opened> {
    let _ = (org, ctx, job_id);
    Err(Error::internal("unwritten"))
}

/// Exports at once into a file of this machine (command line). Gives the number of records.
///
/// # Errors
/// As [`start`]; 507 when the disk is full.
pub async fn local(
    org: &Organisation,
    ctx: &Ctx,
    request: &ExportRequest,
    path: &Path,
    progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<u64> {
    let _ = (org, ctx, request, path, progress);
    Err(Error::internal("unwritten"))
}
