//! The use cases of an export.

use std::path::Path;

use guanxi_access::{Policy, authorize_query, sensitive};
use guanxi_model::{Ctx, Entry, Error, ErrorKind, Label, Result, Schema};
use guanxi_query::{Page, Query, parse};
use guanxi_store::sys::JobState;
use serde::{Deserialize, Serialize};

use super::job::{EXPORT, file_name, note, rights, storage_key, write};
use super::vcard;
use crate::files::{Opened, content_type};
use crate::jobs::{self, Job, NewJob};
use crate::{Organisation, read};

/// The format of an exported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text: UTF-8 with byte order mark, commas, RFC 4180.
    #[default]
    Csv,
    /// A workbook (Office Open XML).
    Xlsx,
    /// Cards of an address book (vCard 3.0). Of the query only which records and in which order count.
    Vcf,
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
/// 403 without the right to export, and `step_up_required` for all of an object or more than 1,000 records; 400 when the query is wrong.
pub async fn start(org: &Organisation, ctx: &Ctx, request: ExportRequest) -> Result<Job> {
    check_right(org, ctx)?;
    let schema = org.schema();
    let query = wanted(ctx, &schema, &request)?;
    let object = schema.require(&query.object)?;
    let label = object.def.label.clone();
    check_size(org, ctx, &query).await?;
    authorize_query(ctx, &schema, query)?;
    let named = request.title.clone().filter(|t| !t.trim().is_empty());
    let title = named.map_or(label, Label::same);
    let title = Label::new(format!("导出：{}", title.zh), format!("Export: {}", title.en));
    let payload = serde_json::to_value(&request).map_err(Error::internal)?;
    jobs::enqueue(org, ctx, NewJob { kind: EXPORT, title, payload, max_attempts: 3 }).await
}

/// So many records are a sensitive act to export, as is all of an object.
const MANY: i64 = 1_000;

/// Taking out all of an object, or many records, needs a proof of who sits there.
async fn check_size(org: &Organisation, ctx: &Ctx, query: &Query) -> Result<()> {
    if sensitive::require(ctx).is_ok() || matches!(ctx.entry, Entry::Token(_)) {
        return Ok(());
    }
    if query.filter.is_some() {
        let counted = Query { order: Vec::new(), ..query.clone() };
        let rows = read::run(org, ctx, counted, &Page { limit: 1, total: true, ..Page::default() }).await?;
        if rows.total.unwrap_or(i64::MAX) <= MANY {
            return Ok(());
        }
    }
    sensitive::require(ctx)
}

/// The query of a request.
///
/// # Errors
/// 400 when the query is wrong; 422 for cards of records that have none.
pub(super) fn wanted(ctx: &Ctx, schema: &Schema, request: &ExportRequest) -> Result<Query> {
    let query = parse(&request.q)?;
    if request.format == ExportFormat::Vcf { vcard::query(Policy::of(ctx, schema), schema, query) } else { Ok(query) }
}

/// May the user export at all?
///
/// # Errors
/// 403.
pub(crate) fn check_right(org: &Organisation, ctx: &Ctx) -> Result<()> {
    if Policy::of(ctx, &org.schema()).export() {
        return Ok(());
    }
    Err(Error::forbidden("您没有导出数据的权限。", "You may not export data."))
}

/// Opens the file of an export: for its creator, as long as they may see what they could see then, or an administrator.
///
/// # Errors
/// 404 when there is none; 409 `export_not_ready` while it runs, `rights_changed` when the creator's rights on it are others since.
pub async fn file(org: &Organisation, ctx: &Ctx, job_id: &str) -> Result<Opened> {
    check_right(org, ctx)?;
    let job = jobs::stored(org, ctx, job_id).await?;
    let no_file = || Error::not_found("没有这个导出文件。", "There is no such export.");
    if job.kind != EXPORT {
        return Err(no_file());
    }
    match job.state {
        JobState::Succeeded => {}
        JobState::Queued | JobState::Running => {
            return Err(Error::new(ErrorKind::Conflict, "export_not_ready", "导出尚未完成。", "The export has not finished yet."));
        }
        JobState::Failed | JobState::Cancelled => return Err(no_file()),
    }
    let request: ExportRequest = serde_json::from_value(job.payload).map_err(Error::internal)?;
    let as_then = |rights: String| job.result.as_ref().is_some_and(|r| r["rights"] == rights);
    if job.created_by == ctx.user && !rights(&org.schema(), ctx, &request).is_ok_and(as_then) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "rights_changed",
            "导出之后您的权限有变化，请重新导出。",
            "Your rights have changed since this export; please export again.",
        ));
    }
    let name = file_name(org, &request);
    let size = job.result.as_ref().and_then(|r| r["size"].as_u64());
    let sha256 = job.result.as_ref().and_then(|r| r["sha256"].as_str()).map(str::to_owned);
    let stream = org.files().get(&storage_key(job.id)).await?;
    Ok(Opened { content_type: content_type(&name).to_owned(), name, size, sha256, stream })
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
    let watch = |done, total| {
        progress(done, total);
        true
    };
    let rows = write(org, ctx, request, path, watch).await?.unwrap_or(0);
    note(org, ctx, request, rows).await?;
    Ok(rows)
}
