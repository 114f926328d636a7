//! The use cases of an import.

use std::path::Path;

use bytes::Bytes;
use futures_util::Stream;
use guanxi_model::{Ctx, Error, Result};

use super::model::{Import, ImportPatch, ImportResult, MappingFile, Preview};
use crate::Organisation;
use crate::files::Opened;
use crate::jobs::Job;

/// Takes a file in and looks at it.
///
/// # Errors
/// 403 without the right to import; 413 above the limit; 422 with what is wrong with the file.
pub async fn create<S>(org: &Organisation, ctx: &Ctx, object: &str, file_name: &str, stream: S) -> Result<Import>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let _ = (org, ctx, object, file_name, stream);
    Err(Error::internal("unwritten"))
}

/// The user's imports (an administrator's: all), newest first.
///
/// # Errors
/// 403 without the right to import.
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Import>> {
    let _ = (org, ctx);
    Err(Error::internal("unwritten"))
}

/// One import.
///
/// # Errors
/// 404 when there is none or it is another user's.
pub async fn get(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Import> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Changes how the file is read.
///
/// # Errors
/// 404; 409 `import_started` once it has run; 422 when the mapping names what is not there.
pub async fn update(org: &Organisation, ctx: &Ctx, id: &str, patch: ImportPatch) -> Result<Import> {
    let _ = (org, ctx, id, patch);
    Err(Error::internal("unwritten"))
}

/// The first 20 rows as they will be.
///
/// # Errors
/// 404; 422 when the mapping or the file is wrong.
pub async fn preview(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Preview> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Queues a run that checks every row and writes nothing.
///
/// # Errors
/// 404; 409 `import_started`; 422 when the mapping is wrong.
pub async fn dry_run(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Queues the run.
///
/// # Errors
/// 404; 409 `import_started`; 422 when the mapping is wrong.
pub async fn run(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// The rows that failed, as CSV, with the reason.
///
/// # Errors
/// 404 when there is no import or no row failed.
pub async fn errors(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Opened> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Queues the undo of everything that the import wrote.
///
/// # Errors
/// 404; 409 `nothing_to_undo` when it has not run or is undone already.
pub async fn undo(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Imports a file of this machine at once, without a job (command line). Without a map, the suggested mapping is taken.
///
/// # Errors
/// 403 without the right to import; 422 with what is wrong with the file or the mapping.
pub async fn local(
    org: &Organisation,
    ctx: &Ctx,
    object: &str,
    path: &Path,
    map: Option<MappingFile>,
    dry_run: bool,
    progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<ImportResult> {
    let _ = (org, ctx, object, path, map, dry_run, progress);
    Err(Error::internal("unwritten"))
}
