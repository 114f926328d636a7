//! Files as records: upload, versions, download, each checked against the record it hangs on.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use guanxi_access::{Policy, authorize_change};
use guanxi_model::change::{Change, ChangeSet, Guard};
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::{WriteError, sys};
use serde::Serialize;
use serde_json::{Map, Value};

use super::name::{clean_name, content_type};
use super::storage::{ByteStream, Stored};
use crate::write::{Row, build, shared};
use crate::{Organisation, read};

/// What the API says about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileInfo {
    /// The record's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Bytes of the newest version.
    pub size: i64,
    /// What its extension says it holds.
    pub content_type: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Number of the newest version, from 1.
    pub version: i64,
    /// The record it hangs on.
    pub related_to_id: Option<String>,
}

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileVersion {
    /// Number, from 1.
    pub version: i64,
    /// Bytes.
    pub size: i64,
    /// What its extension says it holds.
    pub content_type: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// When, RFC 3339.
    pub created_at: String,
    /// By whom: the user's id.
    pub created_by_id: String,
}

/// Bytes to download. Send them with [`super::content_disposition`] of the name, `X-Content-Type-Options: nosniff`, never inline.
pub struct Opened {
    /// Name.
    pub name: String,
    /// Content type.
    pub content_type: String,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// SHA-256, hexadecimal, where known (an `ETag`).
    pub sha256: Option<String>,
    /// The bytes.
    pub stream: ByteStream,
}

/// Stores a new file, hanging on a record if one is given.
///
/// # Errors
/// 404 when the record is hidden from the user; 413 above the limit.
pub async fn upload<S>(org: &Organisation, ctx: &Ctx, name: &str, related_to: Option<&str>, stream: S) -> Result<FileInfo>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let schema = org.schema();
    let object = schema.require("file")?;
    if Policy::of(ctx, &schema).reach(object).create.is_none() {
        return Err(Error::forbidden("您不能上传文件。", "You may not upload files."));
    }
    if let Some(related) = related_to {
        check_related(org, ctx, related).await?;
    }
    let id = org.new_ids(object.no, 1).await?.pop().ok_or_else(|| Error::internal("no id"))?;
    let blob = Blob::store(org, clean_name(name), stream).await?;
    let done = create(org, ctx, object, id, &blob, related_to).await;
    blob.keep_or_drop(org, done).await
}

async fn create(
    org: &Organisation,
    ctx: &Ctx,
    object: &Arc<Object>,
    id: RecordId,
    blob: &Blob,
    related_to: Option<&str>,
) -> Result<FileInfo> {
    let schema = org.schema();
    let mut values = Map::from_iter([("name".to_owned(), Value::String(blob.name.clone()))]);
    if let Some(related) = related_to {
        values.insert("related_to_id".to_owned(), Value::String(related.to_owned()));
    }
    let built = build::create(ctx, &schema, object, id, &values, &[])?;
    let mut row = built.row;
    blob.set(&mut row, 1);
    let mut change = built.change.ok_or_else(|| Error::internal("a file without change"))?;
    let filled = build::difference(ctx, &schema, &Row::empty(object), row.clone());
    let fresh = filled.change.map(|c| c.values).unwrap_or_default();
    for (column, cell) in fresh {
        if let Some(slot) = change.values.iter_mut().find(|(c, _)| *c == column) {
            slot.1 = cell;
        }
    }
    change.diff = creation_diff(&schema, &row, &change.diff);
    let mut guards = Vec::new();
    if let Some(target) = row.first("related_to_id").as_int() {
        guards.push(Guard::Exists { change: 0, field: "related_to_id".to_owned(), target: RecordId(target) });
    }
    org.store().file_version_insert(&blob.version(org, ctx, id, 1)).await?;
    commit(org, ctx, &schema, change, guards).await?;
    info_of(&schema, &row)
}

/// The log's account of a new file with what the product has filled in.
fn creation_diff(schema: &Schema, row: &Row, diff: &str) -> String {
    let mut members: Map<String, Value> = serde_json::from_str(diff).unwrap_or_default();
    for name in ["size", "content_type", "sha256", "file_version"] {
        if let Some(field) = row.object.field(name) {
            members.insert(name.to_owned(), guanxi_model::render::value(schema, &field.def.ty, row.get(name)));
        }
    }
    Value::Object(members).to_string()
}

async fn commit(org: &Organisation, ctx: &Ctx, schema: &Arc<Schema>, change: Change, guards: Vec<Guard>) -> Result<()> {
    let id = org.random().positive_i64();
    let set = ChangeSet {
        id,
        user: ctx.user,
        door: ctx.door,
        at: ctx.now_us,
        changes: vec![change],
        guards,
        idempotency: None,
        jobs: Vec::new(),
    };
    org.store().write(schema, authorize_change(ctx, schema, set)?).await.map(|_| ()).map_err(|error| match error {
        WriteError::Version { .. } | WriteError::Gone { .. } => Error::new(
            ErrorKind::Conflict,
            "file_changed",
            "同一时间有人修改了该文件，请重试。",
            "Someone changed this file at the same time; please try again.",
        ),
        WriteError::Missing { .. } => Error::no_record(),
        other => other.into_error(),
    })
}

/// Stores a new version of a file.
///
/// # Errors
/// 404 when the file is hidden from the user, 403 when it may not be edited, 413 above the limit.
pub async fn new_version<S>(org: &Organisation, ctx: &Ctx, id: &str, stream: S) -> Result<FileInfo>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let row = readable(org, ctx, id).await?;
    let schema = org.schema();
    if Policy::of(ctx, &schema).reach(&row.object).edit.is_none() {
        return Err(Error::forbidden("您不能修改此文件。", "You may not change this file."));
    }
    let name = row.first("name").as_text().unwrap_or("file").to_owned();
    let blob = Blob::store(org, name, stream).await?;
    let done = replace(org, ctx, &row, &blob).await;
    blob.keep_or_drop(org, done).await
}

async fn replace(org: &Organisation, ctx: &Ctx, before: &Row, blob: &Blob) -> Result<FileInfo> {
    let schema = org.schema();
    let newest = org.store().file_version(before.id(), None).await?.map_or(0, |v| v.version);
    let mut row = before.clone();
    blob.set(&mut row, newest + 1);
    let built = build::difference(ctx, &schema, before, row);
    let change = built.change.ok_or_else(|| Error::internal("a new version without change"))?;
    org.store().file_version_insert(&blob.version(org, ctx, before.id(), newest + 1)).await?;
    commit(org, ctx, &schema, change, Vec::new()).await?;
    info_of(&schema, &built.row)
}

/// What the API says about a file.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user.
pub async fn info(org: &Organisation, ctx: &Ctx, id: &str) -> Result<FileInfo> {
    info_of(&org.schema(), &readable(org, ctx, id).await?)
}

/// Opens the newest or a given version of a file.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user, or there is no such version.
pub async fn open(org: &Organisation, ctx: &Ctx, id: &str, version: Option<i64>) -> Result<Opened> {
    let (name, found) = found(org, ctx, id, version).await?;
    Ok(Opened {
        name,
        content_type: found.content_type,
        size: u64::try_from(found.size).ok(),
        sha256: Some(found.sha256),
        stream: org.files().get(&found.blob_key).await?,
    })
}

/// The name of a file and its newest or a given version, if the user may see it and the record it hangs on.
pub(super) async fn found(org: &Organisation, ctx: &Ctx, id: &str, version: Option<i64>) -> Result<(String, sys::FileVersion)> {
    let row = readable(org, ctx, id).await?;
    let newest = row.first("file_version").as_int().unwrap_or(0);
    // A version beyond the record's own belongs to an upload that did not come to its end.
    let wanted = version.unwrap_or(newest);
    let found = if wanted <= newest { org.store().file_version(row.id(), Some(wanted)).await? } else { None };
    let found = found.ok_or_else(|| Error::not_found("没有这个版本。", "There is no such version."))?;
    Ok((row.first("name").as_text().unwrap_or("file").to_owned(), found))
}

/// Makes an older version the newest again: its bytes become a further version, so that nothing is lost.
///
/// # Errors
/// 404 as [`open`], 403 when the file may not be edited.
pub async fn restore_version(org: &Organisation, ctx: &Ctx, id: &str, version: i64) -> Result<FileInfo> {
    let old = open(org, ctx, id, Some(version)).await?;
    new_version(org, ctx, id, old.stream).await
}

/// The versions of a file, newest first.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user.
pub async fn versions(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Vec<FileVersion>> {
    let row = readable(org, ctx, id).await?;
    let newest = row.first("file_version").as_int().unwrap_or(0);
    let schema = org.schema();
    let kept = org.store().file_versions(row.id()).await?;
    // A version beyond the record's own belongs to an upload that did not come to its end.
    let done = kept.into_iter().filter(|v| v.version <= newest).map(|v| FileVersion {
        version: v.version,
        size: v.size,
        content_type: v.content_type,
        sha256: v.sha256,
        created_at: guanxi_model::render::time_text(v.at),
        created_by_id: schema.id_text(v.user),
    });
    Ok(done.collect())
}

/// Removes the bytes of all versions of a file that is gone for good. A version whose bytes cannot be removed stays known.
pub(crate) async fn forget(org: &Organisation, file: RecordId) -> Result<()> {
    for version in org.store().file_versions(file).await? {
        org.files().delete(&version.blob_key).await?;
        org.store().file_version_delete(file, version.version).await?;
    }
    Ok(())
}

/// The file's record, if the user may see it and the record it hangs on.
async fn readable(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Row> {
    let schema = org.schema();
    let object = schema.require("file")?;
    let (of, id) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    if of.no != object.no {
        return Err(Error::no_record());
    }
    let query = Query::fields("file", &read::field_names(object)).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0)));
    let rows = read::before_writing(org, ctx, query, &Page { limit: 1, ..Page::default() }).await?;
    let mut row = Row::from_page(object, &rows).pop().ok_or_else(Error::no_record)?;
    shared::mark(org, ctx, std::iter::once(&mut row), false).await?;
    if let Some(related) = row.first("related_to_id").as_int() {
        check_related(org, ctx, &schema.id_text(RecordId(related))).await?;
    }
    Ok(row)
}

/// The record a file hangs on must be one that the user may see; one that is not looks as if it did not exist.
async fn check_related(org: &Organisation, ctx: &Ctx, id: &str) -> Result<()> {
    let schema = org.schema();
    let (object, _) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    match read::get(org, ctx, object.name(), id, Some(&["id"])).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind == ErrorKind::Forbidden => Err(Error::no_record()),
        Err(error) => Err(error),
    }
}

fn info_of(schema: &Schema, row: &Row) -> Result<FileInfo> {
    let text = |name: &str| row.first(name).as_text().unwrap_or_default().to_owned();
    let number = |name: &str| row.first(name).as_int().unwrap_or(0);
    Ok(FileInfo {
        id: schema.id_text(row.id()),
        name: text("name"),
        size: number("size"),
        content_type: text("content_type"),
        sha256: text("sha256"),
        version: number("file_version"),
        related_to_id: row.first("related_to_id").as_int().map(|id| schema.id_text(RecordId(id))),
    })
}

/// Bytes that have been stored and belong to no record yet.
struct Blob {
    name: String,
    key: String,
    stored: Stored,
}

impl Blob {
    async fn store<S>(org: &Organisation, name: String, stream: S) -> Result<Blob>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
    {
        let key = format!("files/{:016x}{:016x}", org.random().positive_i64(), org.random().positive_i64());
        let stored = org.files().put(&key, stream, org.files().limit()).await?;
        Ok(Blob { name, key, stored })
    }

    /// Fills what the record says about its bytes.
    fn set(&self, row: &mut Row, version: i64) {
        row.set("size", vec![Cell::Int(i64::try_from(self.stored.size).unwrap_or(i64::MAX))]);
        row.set("content_type", vec![content_type(&self.name).into()]);
        row.set("sha256", vec![self.stored.sha256.as_str().into()]);
        row.set("file_version", vec![Cell::Int(version)]);
        row.set("storage_key", vec![self.key.as_str().into()]);
    }

    fn version(&self, org: &Organisation, ctx: &Ctx, file: RecordId, version: i64) -> sys::FileVersion {
        sys::FileVersion {
            file,
            version,
            sha256: self.stored.sha256.clone(),
            size: i64::try_from(self.stored.size).unwrap_or(i64::MAX),
            content_type: content_type(&self.name).to_owned(),
            blob_key: self.key.clone(),
            at: org.now_us(),
            user: ctx.user,
        }
    }

    /// Removes the bytes again if their record was refused.
    async fn keep_or_drop<T>(self, org: &Organisation, done: Result<T>) -> Result<T> {
        if done.is_err()
            && let Err(error) = org.files().delete(&self.key).await
        {
            tracing::warn!(%error, key = self.key, "bytes without a record could not be removed");
        }
        done
    }
}
