//! The export itself: pages through the read door into a table, as a job into the storage or at once into a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::stream;
use guanxi_access::authorize_query;
use guanxi_model::meta::FieldType;
use guanxi_model::{Ctx, Error, Field, Object, Result, Schema};
use guanxi_query::tree::{Aggregate, Path as FieldPath, Select};
use guanxi_query::{Page, PageRows, Query, parse};
use guanxi_store::sys::JobState;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use super::api::{ExportFormat, ExportRequest, Headers, check_right, wanted};
use super::cells::{Out, Writer};
use super::sheet::{Table, unwritable};
use super::vcard;
use crate::audit::events::{self, About, Kind};
use crate::files::temporary;
use crate::jobs::JobCtx;
use crate::{Organisation, read};

/// Kind of the job.
pub(crate) const EXPORT: &str = "export";

/// Records a page.
const PAGE: u32 = 2_000;

/// Exports as a job; the file goes to `exports/`.
///
/// # Errors
/// 403 without the right to export; those of the query and the storage.
pub(crate) async fn export(job: JobCtx) -> Result<Value> {
    let request: ExportRequest = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let temporary = Temporary(temporary("export"));
    let rights = rights(&job.org.schema(), &job.ctx, &request)?;
    let watch = |done, total| {
        job.progress(done, total);
        !job.cancelled()
    };
    let rows = write(&job.org, &job.ctx, &request, &temporary.0, watch).await?;
    let Some(rows) = rows else { return Err(job.was_cancelled()) };
    let key = storage_key(job.id);
    let file = tokio::fs::File::open(&temporary.0).await.map_err(unwritable)?;
    let stored = job.org.files().put(&key, Box::pin(pieces(file)), u64::MAX).await?;
    note(&job.org, &job.ctx, &request, rows).await?;
    Ok(json!({"rows": rows, "size": stored.size, "file_name": file_name(&job.org, &request), "sha256": stored.sha256, "rights": rights}))
}

/// A fingerprint of what the user may see of an export: which objects, fields and owners, by which rules, in full or in part. A share of a
/// single record is not in it.
///
/// # Errors
/// Those of the query: what it asks for may no longer be there for the user.
pub(super) fn rights(schema: &Schema, ctx: &Ctx, request: &ExportRequest) -> Result<String> {
    let authorized = authorize_query(ctx, schema, wanted(ctx, schema, request)?)?;
    let Query { scopes, masks, .. } = authorized.get();
    let rules: Vec<_> = scopes.keys().filter_map(|no| schema.by_no(*no)).map(|object| schema.sharing.get(object.name())).collect();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{scopes:?} {masks:?} {rules:?}"))))
}

/// Puts an export into the audit log; before that, nobody has the file.
///
/// # Errors
/// Those of the store.
pub(super) async fn note(org: &Organisation, ctx: &Ctx, request: &ExportRequest, rows: u64) -> Result<()> {
    let schema = org.schema();
    let query = wanted(ctx, &schema, request)?;
    let about = schema.object(&query.object).map_or(About::Nothing, |object| About::Object(object));
    let mut body = json!({ "q": request.q, "format": request.format, "rows": rows });
    if schema.object(&query.object).is_some_and(|object| object.def.sensitive) {
        body["sensitive"] = true.into();
    }
    events::record(org, &events::event(org, ctx, Kind::Export, about, body)).await
}

/// Where the file of a job lies.
pub(crate) fn storage_key(job: i64) -> String {
    format!("exports/{job}")
}

/// The file's name.
pub(crate) fn file_name(org: &Organisation, request: &ExportRequest) -> String {
    let schema = org.schema();
    let object = || parse(&request.q).ok().and_then(|q| schema.object(&q.object).map(|o| o.def.label.zh.clone()));
    let title = request.title.clone().filter(|t| !t.trim().is_empty()).or_else(object).unwrap_or_else(|| "export".to_owned());
    let extension = match request.format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
        ExportFormat::Vcf => "vcf",
    };
    crate::files::clean_name(&format!("{title}.{extension}"))
}

fn pieces(file: tokio::fs::File) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::unfold(file, |mut file| async move {
        let mut piece = vec![0u8; 256 * 1024];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(n) => {
                piece.truncate(n);
                Some((Ok(Bytes::from(piece)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    })
}

/// A file that goes when it is no longer needed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "no temporary export to remove");
        }
    }
}

/// Writes the result of a query into a file; gives the count of records, or nothing if `watch` said to stop.
///
/// # Errors
/// 403 without the right to export; those of the query; 507 when the disk is full.
pub(crate) async fn write(
    org: &Organisation,
    ctx: &Ctx,
    request: &ExportRequest,
    path: &Path,
    mut watch: impl FnMut(u64, Option<u64>) -> bool,
) -> Result<Option<u64>> {
    check_right(org, ctx)?;
    let schema = org.schema();
    let query = wanted(ctx, &schema, request)?;
    if request.format == ExportFormat::Vcf {
        return vcard::write(org, ctx, &query, path, watch).await;
    }
    let columns = columns(&schema, ctx, &query, request.headers)?;
    let header: Vec<String> = columns.iter().flat_map(|c| std::iter::once(c.header.clone()).chain(c.currency.clone())).collect();
    let mut table = Table::create(path, request.format, &header)?;
    let writer = Writer::new(&schema, ctx);
    let (mut done, mut total) = (0u64, None);
    let mut page = Page { limit: PAGE, cursor: None, total: !query.is_aggregate() };
    loop {
        // What is shared until a time does not go out after it.
        let now = Ctx { now_us: org.now_us(), ..ctx.clone() };
        let rows = read::run(org, &now, query.clone(), &page).await?;
        total = rows.total.and_then(|t| u64::try_from(t).ok()).or(total);
        done += rows.rows().len() as u64;
        table = append(table, &writer, &columns, &rows)?;
        if !watch(done, total) {
            return Ok(None);
        }
        let Some(next) = rows.next else { break };
        page = Page { cursor: Some(next), total: false, ..page };
    }
    tokio::task::spawn_blocking(move || table.finish()).await.map_err(Error::internal)??;
    Ok(Some(done))
}

fn append(mut table: Table, writer: &Writer<'_>, columns: &[Column], rows: &PageRows) -> Result<Table> {
    for row in rows.rows() {
        let (mut at, mut cells) = (0, Vec::with_capacity(columns.len()));
        for (output, column) in rows.outputs.iter().zip(columns) {
            let own = row.get(at..at + output.cells).unwrap_or(&[]);
            at += output.cells;
            cells.push(writer.cell(&output.ty, own, |value| column.label_of(value)));
            if column.currency.is_some() {
                let code = own.get(1).and_then(guanxi_model::Cell::as_text);
                cells.push(code.map_or(Out::Empty, |c| Out::Text(c.to_owned())));
            }
        }
        table.row(&cells)?;
    }
    Ok(table)
}

/// One thing asked for.
struct Column {
    header: String,
    /// Words for picklist values.
    values: Vec<(String, String)>,
    /// Header of the column with the currency that follows, where amounts can have several.
    currency: Option<String>,
}

impl Column {
    fn label_of(&self, value: &str) -> Option<String> {
        self.values.iter().find(|(v, _)| v == value).map(|(_, label)| label.clone())
    }
}

fn columns(schema: &Schema, ctx: &Ctx, query: &Query, headers: Headers) -> Result<Vec<Column>> {
    let object = schema.require(&query.object)?;
    query.select.iter().map(|select| column(schema, ctx, object, select, headers)).collect()
}

fn column(schema: &Schema, ctx: &Ctx, object: &Arc<Object>, select: &Select, headers: Headers) -> Result<Column> {
    match select {
        Select::Field(path) => {
            let found = guanxi_query::resolve::resolve(schema, object, path)?;
            let field = found.field();
            let header = if headers == Headers::Names { path.to_string() } else { label(schema, ctx, object, path) };
            let values = if headers == Headers::Names { Vec::new() } else { words(schema, ctx, &found.object, field) };
            let several = field.def.ty == FieldType::Money && found.part.is_empty() && schema.multi_currency();
            let currency = several.then(|| currency_header(&header, ctx, headers));
            Ok(Column { header, values, currency })
        }
        Select::Aggregate { function, path, alias } => {
            let of = path.as_ref().map_or_else(|| object.def.label.get(ctx.lang).to_owned(), |p| label(schema, ctx, object, p));
            let header = alias.clone().unwrap_or_else(|| format!("{} {of}", function_name(*function, ctx)));
            Ok(Column { header, values: Vec::new(), currency: None })
        }
    }
}

fn currency_header(amount: &str, ctx: &Ctx, headers: Headers) -> String {
    match (headers, ctx.lang) {
        (Headers::Names, _) => format!("{amount}.currency"),
        (_, guanxi_model::Lang::Zh) => format!("{amount}币种"),
        (_, guanxi_model::Lang::En) => format!("{amount} currency"),
    }
}

fn words(schema: &Schema, ctx: &Ctx, object: &Object, field: &Field) -> Vec<(String, String)> {
    schema.values_of(object, &field.def).into_iter().map(|v| (v.value, v.label.get(ctx.lang).to_owned())).collect()
}

/// The labels along a path: `客户 · 行业`.
fn label(schema: &Schema, ctx: &Ctx, object: &Arc<Object>, path: &FieldPath) -> String {
    let mut labels = Vec::new();
    let mut at = Arc::clone(object);
    for segment in &path.segments {
        let field = at.relationship(segment).or_else(|| at.field(segment));
        let Some(field) = field else {
            labels.push(segment.clone());
            continue;
        };
        labels.push(field.def.label.get(ctx.lang).to_owned());
        let target = field.def.ty.targets().first().and_then(|t| schema.object(t)).cloned();
        if let Some(target) = target {
            at = target;
        }
    }
    labels.join(" · ")
}

fn function_name(function: Aggregate, ctx: &Ctx) -> &'static str {
    use guanxi_model::Lang::{En, Zh};
    match (function, ctx.lang) {
        (Aggregate::Count | Aggregate::CountDistinct, Zh) => "数量",
        (Aggregate::Sum, Zh) => "合计",
        (Aggregate::Avg, Zh) => "平均",
        (Aggregate::Min, Zh) => "最小",
        (Aggregate::Max, Zh) => "最大",
        (Aggregate::Count | Aggregate::CountDistinct, En) => "Count of",
        (Aggregate::Sum, En) => "Sum of",
        (Aggregate::Avg, En) => "Average of",
        (Aggregate::Min, En) => "Least",
        (Aggregate::Max, En) => "Greatest",
    }
}

/// Removes the files of all exports that have ended: they can be made again. Gives how many exports that were.
///
/// # Errors
/// Those of the store; 503 when the storage is away.
pub(crate) async fn forget_files(org: &Organisation) -> Result<usize> {
    let (mut before, mut count) = (None, 0);
    loop {
        let jobs = org.store().jobs(before, 200).await?;
        let Some(last) = jobs.last() else { return Ok(count) };
        before = Some(last.id);
        for job in jobs.iter().filter(|job| job.kind == EXPORT && job.state == JobState::Succeeded) {
            org.files().delete(&storage_key(job.id)).await?;
            count += 1;
        }
    }
}
