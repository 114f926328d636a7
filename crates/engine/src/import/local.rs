//! Import of a file of this machine at once, for the command line.

use std::path::Path;
use std::sync::Arc;

use guanxi_model::{Ctx, Error, Result};
use guanxi_store::sys::ImportRow;

use super::api::{event, new, prepare_plan};
use super::detect::{Given, detect};
use super::model::{ImportResult, MappingFile, State};
use super::run::{Checkpoint, Run, Watch};
use super::source::Source;
use super::state::{Kept, check_right};
use crate::Organisation;
use crate::audit::events::{self, Kind};

/// Tells the terminal.
struct Terminal<'a> {
    tell: &'a mut (dyn FnMut(u64, Option<u64>) + Send),
    total: u64,
}

impl Watch for Terminal<'_> {
    fn done(&mut self, rows: u64) -> bool {
        (self.tell)(rows, Some(self.total.max(rows)));
        true
    }

    async fn keep(&mut self, _: &Checkpoint) -> Result<()> {
        Ok(())
    }
}

/// Imports a file of this machine at once, without a job (command line). Without a map, the suggested mapping is taken. The import
/// is listed with the others afterwards: its error file and its undo are there.
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
    check_right(org, ctx)?;
    org.schema().require(object)?;
    let owned = path.to_owned();
    let detected = tokio::task::spawn_blocking(move || detect(&owned, &Given::default())).await.map_err(Error::internal)??;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let storage = format!("imports/{:016x}{:016x}", org.random().positive_i64(), org.random().positive_i64());
    let mut stored = new(org, ctx, object, &name, storage.clone(), detected).await?;
    if let Some(map) = map {
        stored.mapping = map;
    }
    let plan = Arc::new(prepare_plan(org, ctx, &stored).await?);
    let change_set = org.random().positive_i64();
    let id = org.store().allocate("import", 1).await?;
    if !dry_run {
        stored.change_set = Some(change_set);
        events::record(org, &event(org, ctx, id, &stored, Kind::ImportStart)).await?;
    }
    let source = Source::local(path);
    let run = Run { org, ctx, plan, source: &source, reading: stored.reading(), storage: &storage, change_set, dry_run };
    let ended = run.run(Checkpoint::default(), &mut Terminal { tell: progress, total: stored.rows_estimate }).await?;
    let mut result = ended.checkpoint.result;
    if dry_run {
        return Ok(result);
    }
    result.change_set = Some(change_set.to_string());
    let state = if ended.cancelled { State::Cancelled } else { State::Done };
    (stored.state, stored.result) = (state, Some(result.clone()));
    (stored.error_parts, stored.added_values) = (ended.checkpoint.error_parts, ended.checkpoint.added_values);
    Kept { row: ImportRow { id, body: String::new(), created_at: org.now_us(), user: ctx.user }, stored }.save(org).await?;
    Ok(result)
}
