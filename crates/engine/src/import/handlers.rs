//! The jobs of imports: run, dry run, undo.

use std::sync::Arc;

use guanxi_model::{Ctx, Door, Error, Result};
use serde_json::{Value, json};

use super::api::prepare_plan;
use super::model::{ImportResult, State};
use super::run::{Checkpoint, Ended, Run, Watch};
use super::source::Source;
use super::state::{self, Kept};
use crate::Organisation;
use crate::jobs::JobCtx;
use crate::picklist_values::{self, AddedValue};
use crate::undo;

/// Kind of the job that imports.
pub(crate) const IMPORT: &str = "import";
/// Kind of the job that checks without writing.
pub(crate) const DRY_RUN: &str = "import_dry_run";
/// Kind of the job that takes an import back.
pub(crate) const UNDO: &str = "undo_import";

/// Tells a job how far an import is, and keeps its checkpoints.
struct JobWatch<'a> {
    job: &'a JobCtx,
    key: String,
    total: Option<u64>,
    dry_run: bool,
}

impl Watch for JobWatch<'_> {
    fn done(&mut self, rows: u64) -> bool {
        self.job.progress(rows, self.total.map(|t| t.max(rows)));
        !self.job.cancelled()
    }

    async fn keep(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        if self.dry_run {
            return Ok(());
        }
        let body = serde_json::to_string(checkpoint).map_err(Error::internal)?;
        self.job.note(&self.key, &body).await
    }
}

fn checkpoint_key(id: i64) -> String {
    format!("import.{id}.progress")
}

async fn checkpoint(org: &Organisation, id: i64) -> Result<Checkpoint> {
    let key = checkpoint_key(id);
    let found = org.store().settings().await?.into_iter().find(|(k, _)| *k == key);
    Ok(found.and_then(|(_, body)| serde_json::from_str(&body).ok()).unwrap_or_default())
}

fn import_id(job: &JobCtx) -> Result<String> {
    job.payload.get("import").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| Error::internal("an import job without import"))
}

/// Runs an import, or checks it.
///
/// # Errors
/// Those of the file, the mapping and the store.
pub(crate) async fn import(job: JobCtx, dry_run: bool) -> Result<Value> {
    let ctx = Ctx { door: Door::Import, ..job.ctx.clone() };
    let mut kept = state::load(&job.org, &ctx, &import_id(&job)?).await?;
    if !dry_run && kept.stored.change_set.is_none() {
        kept.stored.change_set = Some(job.org.random().positive_i64());
        kept.save(&job.org).await?;
    }
    let ended = run(&job, &ctx, &kept, dry_run).await?;
    let cancelled = ended.cancelled;
    let result = finish(&job, &ctx, ended, dry_run).await?;
    if cancelled {
        return Err(job.was_cancelled());
    }
    serde_json::to_value(result).map_err(Error::internal)
}

async fn run(job: &JobCtx, ctx: &Ctx, kept: &Kept, dry_run: bool) -> Result<Ended> {
    let stored = &kept.stored;
    let plan = prepare_plan(&job.org, ctx, stored).await?;
    let source = Source::stored(job.org.files(), &stored.source_key()).await?;
    let start = if dry_run { Checkpoint::default() } else { checkpoint(&job.org, kept.row.id).await? };
    let run = Run {
        org: &job.org,
        ctx,
        plan: Arc::new(plan),
        source: &source,
        reading: stored.reading(),
        storage: &stored.storage,
        change_set: stored.change_set.unwrap_or(0),
        dry_run,
    };
    let mut watch = JobWatch { job, key: checkpoint_key(kept.row.id), total: Some(stored.rows_estimate), dry_run };
    run.run(start, &mut watch).await
}

async fn finish(job: &JobCtx, ctx: &Ctx, ended: Ended, dry_run: bool) -> Result<ImportResult> {
    job.hold().await?;
    let id = import_id(job)?;
    let mut kept = state::load(&job.org, ctx, &id).await?;
    let mut result = ended.checkpoint.result.clone();
    if dry_run {
        kept.stored.dry_run = Some(result.clone());
    } else {
        result.change_set = kept.stored.change_set.map(|c| c.to_string());
        kept.stored.result = Some(result.clone());
        kept.stored.error_parts.clone_from(&ended.checkpoint.error_parts);
        kept.stored.added_values.clone_from(&ended.checkpoint.added_values);
        kept.stored.state = if ended.cancelled { State::Cancelled } else { State::Done };
    }
    kept.save(&job.org).await?;
    if !dry_run && !ended.cancelled {
        job.org.store().setting_set(&checkpoint_key(kept.row.id), None).await?;
    }
    Ok(result)
}

/// Takes an import back.
///
/// # Errors
/// Those of the undo.
pub(crate) async fn undo(job: JobCtx) -> Result<Value> {
    let ctx = Ctx { door: Door::Import, ..job.ctx.clone() };
    let id = import_id(&job)?;
    let kept = state::load(&job.org, &ctx, &id).await?;
    let set = kept.stored.change_set.ok_or_else(|| Error::internal("an undo of an import that never ran"))?;
    let undone = undo::as_job(&job, &ctx, set).await?;
    let mut kept = state::load(&job.org, &ctx, &id).await?;
    let added = added_values(&job.org, &kept).await?;
    let stay = picklist_values::remove_unused(&job.org, &ctx, &kept.stored.object, &added).await?;
    job.hold().await?;
    kept.stored.state = State::Undone;
    kept.save(&job.org).await?;
    job.org.store().setting_set(&checkpoint_key(kept.row.id), None).await?;
    let mut result = undone.json(ctx.lang);
    result["values_removed"] = json!(added.len() - stay.len());
    result["values_kept"] = json!(stay);
    Ok(result)
}

/// The picklist values that an import added; those of a run that broke off stand in its checkpoint.
async fn added_values(org: &Organisation, kept: &Kept) -> Result<Vec<AddedValue>> {
    let mut added = kept.stored.added_values.clone();
    let of_run = checkpoint(org, kept.row.id).await?.added_values;
    added.extend(of_run.into_iter().filter(|value| !kept.stored.added_values.contains(value)));
    Ok(added)
}
