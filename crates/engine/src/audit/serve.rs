//! What the log serves: checkpoint, tiles, entries, key; and the same as files in a folder.

use std::path::Path;

use guanxi_model::{Ctx, Door, Error, Result};
use serde_json::json;

use super::events::{self, About, Kind, check_right};
use super::key::KeyFiles;
use super::merkle::{Edge, TILE_WIDTH};
use super::note::Verifier;
use super::path::{File, bundle_bytes, tile_bytes};
use super::verify::Source;
use super::{damaged, sequence};
use crate::Organisation;

/// The last signed checkpoint.
///
/// # Errors
/// 403; 404 while nothing was signed.
pub async fn checkpoint(org: &Organisation, ctx: &Ctx) -> Result<String> {
    check_right(org, ctx)?;
    org.store().audit_tree().await?.checkpoint.ok_or_else(unsigned)
}

fn unsigned() -> Error {
    Error::not_found("审计日志尚未签名。", "The audit log has not been signed yet.")
}

/// The public key of the checkpoints.
///
/// # Errors
/// 403; 404 while nothing was signed.
pub async fn verifier(org: &Organisation, ctx: &Ctx) -> Result<String> {
    check_right(org, ctx)?;
    org.store().audit_tree().await?.verifier.ok_or_else(unsigned)
}

/// A file below `tile/`: hashes or entries.
///
/// # Errors
/// 403; 404 for a path that is none, or that the log has not reached.
pub async fn tile(org: &Organisation, ctx: &Ctx, path: &str) -> Result<Vec<u8>> {
    check_right(org, ctx)?;
    let none = || Error::not_found("审计日志中没有此文件。", "The audit log has no such file.");
    let file = File::of_tile_path(path).ok_or_else(none)?;
    read(org, file).await?.ok_or_else(none)
}

/// A file of the log.
pub(super) async fn read(org: &Organisation, file: File) -> Result<Option<Vec<u8>>> {
    match file {
        File::Checkpoint => Ok(org.store().audit_tree().await?.checkpoint.map(String::into_bytes)),
        File::Tile(level, n, width) => {
            let hashes = sequence::tile(org, level, n, width).await?;
            Ok(hashes.map(|hashes| tile_bytes(&hashes)))
        }
        File::Entries(n, width) => {
            let first = i64::try_from(n).ok().and_then(|n| n.checked_mul(TILE_WIDTH as i64)).filter(|first| *first < i64::MAX / 2);
            let Some(first) = first else { return Ok(None) };
            let entries = org.store().audit_entries(first, width as u32).await?;
            Ok((entries.len() == width).then(|| bundle_bytes(&entries)))
        }
    }
}

/// The log as the database has it.
pub(super) struct Stored<'a>(pub(super) &'a Organisation);

impl Source for Stored<'_> {
    async fn fetch(&self, file: File) -> Result<Option<Vec<u8>>, String> {
        read(self.0, file).await.map_err(|error| error.to_string())
    }
}

/// Writes the log up to its last checkpoint into a folder, in the layout in which it is served; gives its size.
///
/// # Errors
/// 403; 404 while nothing was signed; when the folder cannot be written.
pub async fn export(org: &Organisation, ctx: &Ctx, folder: &Path) -> Result<u64> {
    let note = checkpoint(org, ctx).await?;
    let key = Verifier::parse(&verifier(org, ctx).await?);
    let size = key.and_then(|key| key.open(&note)).ok_or_else(|| damaged("its checkpoint is not signed by its key"))?.size;
    let width = TILE_WIDTH as u64;
    for n in 0..size.div_ceil(width) {
        write(org, folder, File::Entries(n, (size - n * width).min(width) as usize)).await?;
    }
    for (level, full, rest) in Edge::tiles_of(size) {
        for n in 0..full {
            write(org, folder, File::Tile(level, n, TILE_WIDTH)).await?;
        }
        if rest > 0 {
            write(org, folder, File::Tile(level, full, rest)).await?;
        }
    }
    // Last: whoever finds it finds all it speaks of.
    put(&folder.join(File::Checkpoint.path()), note.as_bytes()).await?;
    Ok(size)
}

async fn write(org: &Organisation, folder: &Path, file: File) -> Result<()> {
    let content = read(org, file).await?.ok_or_else(|| damaged(format!("{} is missing", file.path())))?;
    put(&folder.join(file.path()), &content).await
}

async fn put(path: &Path, content: &[u8]) -> Result<()> {
    let write = async {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(path, content).await
    };
    write.await.map_err(|error| {
        let (zh, en) = (format!("无法写入 {}。", path.display()), format!("Cannot write {}.", path.display()));
        Error::new(guanxi_model::ErrorKind::Unavailable, "cannot_write", zh, en).because(error)
    })
}

/// Lets a new key sign the log from now on: after the old one was lost, or the database was put back to an earlier state. The log says so, and
/// whoever kept the old key or a checkpoint of it sees it. Gives the new public key.
///
/// # Errors
/// 403; `audit_refused` where there is no folder for it.
pub async fn renew_key(org: &Organisation, ctx: &Ctx) -> Result<String> {
    check_right(org, ctx)?;
    let files = KeyFiles::of(org).ok_or_else(|| super::refused("there is no folder for its key"))?;
    let before = org.store().audit_tree().await?.verifier;
    if let Some(old) = files.signer()? {
        files.put_aside(old.verifier())?;
    }
    let new = files.make(org)?.verifier().text();
    let body = json!({ "before": before, "after": new });
    let ctx = Ctx { door: Door::Cli, ..ctx.clone() };
    org.store().audit_forget_key(&events::event(org, &ctx, Kind::AuditKey, About::Nothing, body)).await?;
    sequence::catch_up(org).await?;
    Ok(new)
}
