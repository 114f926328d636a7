//! Files as records: upload, versions, download, each checked against the record it hangs on.

use bytes::Bytes;
use futures_util::Stream;
use guanxi_model::{Ctx, Error, Result};
use serde::Serialize;

use super::storage::ByteStream;
use crate::Organisation;

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
    let _ = (org, ctx, name, related_to, stream);
    Err(Error::internal("unwritten"))
}

/// Stores a new version of a file.
///
/// # Errors
/// 404 when the file is hidden from the user, 403 when it may not be edited, 413 above the limit.
pub async fn new_version<S>(org: &Organisation, ctx: &Ctx, id: &str, stream: S) -> Result<FileInfo>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let _ = (org, ctx, id, stream);
    Err(Error::internal("unwritten"))
}

/// What the API says about a file.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user.
pub async fn info(org: &Organisation, ctx: &Ctx, id: &str) -> Result<FileInfo> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Opens the newest or a given version of a file.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user, or there is no such version.
pub async fn open(org: &Organisation, ctx: &Ctx, id: &str, version: Option<i64>) -> Result<Opened> {
    let _ = (org, ctx, id, version);
    Err(Error::internal("unwritten"))
}

/// The versions of a file, newest first.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user.
pub async fn versions(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Vec<FileVersion>> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}
