//! The run of an import: chunk by chunk through the write door, under one change set, with a checkpoint before each chunk, so that a
//! run that was killed goes on where it stopped and nothing is written twice.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_model::change::Op;
use guanxi_model::{Ctx, Result};
use guanxi_store::JOB_STOPPED;
use serde::{Deserialize, Serialize};

use super::convert::{self, Memory, Ready, refusals};
use super::failed::Piece;
use super::feed;
use super::later::{self, Deferred};
use super::lookup::Around;
use super::model::{ImportResult, Mode, Refusal};
use super::plan::Plan;
use super::prepare::Prepared;
use super::source::Source;
use super::state::row_error;
use super::table::Reading;
use crate::picklist_values::AddedValue;
use crate::write::{Operation, Options, Outcome};
use crate::{Organisation, schema_change, write};

/// Refusals shown with the result.
const FIRST_ERRORS: usize = 20;

/// After so many new records the database looks anew at how they are spread.
const MANY: u64 = 10_000;

/// How far a run is. Rows before `next_row` are done; `seq` is the end of the change log before the chunk that begins there, 0 as long
/// as nothing of that chunk can have been written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    pub(crate) next_row: u64,
    pub(crate) seq: i64,
    pub(crate) result: ImportResult,
    pub(crate) error_parts: Vec<u64>,
    pub(crate) deferred_parts: Vec<u64>,
    /// Picklist values that this import added; noted before they are added.
    #[serde(default)]
    pub(crate) added_values: Vec<AddedValue>,
}

/// What a run needs of whoever started it.
pub(crate) trait Watch: Send {
    /// Told after each chunk; says whether to go on.
    fn done(&mut self, rows: u64) -> bool;
    /// Keeps a checkpoint; an error if the job that runs was taken over.
    fn keep(&mut self, checkpoint: &Checkpoint) -> impl Future<Output = Result<()>> + Send;
}

/// A run.
pub(crate) struct Run<'a> {
    pub(crate) org: &'a Organisation,
    pub(crate) ctx: &'a Ctx,
    pub(crate) plan: Arc<Plan>,
    pub(crate) source: &'a Source,
    pub(crate) reading: Reading,
    /// Where pieces of the error file go.
    pub(crate) storage: &'a str,
    pub(crate) change_set: i64,
    pub(crate) dry_run: bool,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) cancelled: bool,
}

impl Run<'_> {
    /// Runs from a checkpoint to the end, or until it is told to stop.
    ///
    /// # Errors
    /// Those of the file and the store; refused rows are in the result.
    pub(crate) async fn run(&self, mut at: Checkpoint, watch: &mut impl Watch) -> Result<Ended> {
        let mut memory = Memory { own_names: feed::own_names(self.source.path(), &self.reading, &self.plan).await?, ..Memory::default() };
        let mut twins = Twins::default();
        let mut chunks = feed::start(self.source.path(), &self.reading, &self.plan, None);
        let resumed_at = at.next_row;
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk?;
            let Some((first, last)) = chunk.first().zip(chunk.last()).map(|(f, l)| (f.raw.row, l.raw.row)) else { continue };
            if last < at.next_row {
                continue;
            }
            let interrupted = resumed_at == first && at.seq > 0 && !self.dry_run && self.plan.mode == Mode::Create;
            if !(interrupted && self.was_written(&mut at, &chunk).await?) {
                let written = self.chunk(&mut at, &mut memory, &mut twins, chunk, watch).await;
                if self.stopped(written, &at, watch).await? {
                    return Ok(Ended { checkpoint: at, cancelled: true });
                }
            }
            (at.next_row, at.seq) = (last + 1, 0);
            if !watch.done(at.result.rows) {
                watch.keep(&at).await?;
                return Ok(Ended { checkpoint: at, cancelled: true });
            }
        }
        watch.keep(&at).await?;
        let set = later::set(self, &mut at, &mut memory, watch).await;
        let cancelled = self.stopped(set, &at, watch).await?;
        if !self.dry_run && at.result.created > MANY {
            self.org.store().analyse(Some(&self.plan.object)).await;
        }
        Ok(Ended { checkpoint: at, cancelled })
    }

    /// Whether a step was refused since the job was cancelled; then the checkpoint before it is kept. All other errors are given on, and
    /// so is the loss of the lease.
    async fn stopped(&self, step: Result<()>, at: &Checkpoint, watch: &mut impl Watch) -> Result<bool> {
        match step {
            Err(error) if error.code == JOB_STOPPED => watch.keep(at).await.map(|()| true),
            other => other.map(|()| false),
        }
    }

    pub(crate) fn around(&self) -> Around<'_> {
        Around { org: self.org, ctx: self.ctx, change_set: self.change_set, dry_run: self.dry_run }
    }

    async fn chunk(
        &self,
        at: &mut Checkpoint,
        memory: &mut Memory,
        twins: &mut Twins,
        chunk: Vec<Prepared>,
        watch: &mut impl Watch,
    ) -> Result<()> {
        let first = chunk.first().map_or(0, |r| r.raw.row);
        self.add_values(at, memory, first, &chunk, watch).await?;
        let mut rows = convert::ready(&self.around(), &self.plan, memory, chunk).await?;
        if !self.dry_run {
            at.next_row = first;
            at.seq = at.seq.max(*self.org.store().log_head().borrow());
            watch.keep(at).await?;
        }
        let operations: Vec<Operation> = rows.iter_mut().filter_map(|r| r.operation.take()).collect();
        let upserts: Vec<bool> = operations.iter().map(|o| matches!(o, Operation::Upsert { .. })).collect();
        let options = Options { change_set: Some(self.change_set), dry_run: self.dry_run, ..Options::default() };
        let written = write::write(self.org, self.ctx, operations, options).await?;
        let mut outcomes = written.outcomes.into_iter().zip(upserts);
        let mut count = Count { run: self, result: &mut at.result, piece: Piece::new(), deferred: Vec::new() };
        for mut row in rows {
            count.result.rows += 1;
            if !row.row.refusals.is_empty() {
                count.refuse(&row.row, Vec::new())?;
            } else if let Some((outcome, upsert)) = outcomes.next() {
                let twin = self.dry_run.then(|| twins.meet(&self.plan, &row.row)).flatten();
                count.outcome(&mut row, outcome, upsert, twin)?;
            }
        }
        let (piece, deferred) = (count.piece, count.deferred);
        if piece.rows > 0 && !self.dry_run {
            piece.store(self.org.files(), self.storage, first).await?;
            at.error_parts.push(first);
        }
        if !deferred.is_empty() && !self.dry_run {
            later::keep(self, first, &deferred).await?;
            at.deferred_parts.push(first);
        }
        Ok(())
    }

    /// Adds the picklist values of a chunk that are to be accepted. They are noted first, so that an undo knows of them whatever happens.
    async fn add_values(
        &self,
        at: &mut Checkpoint,
        memory: &mut Memory,
        first: u64,
        chunk: &[Prepared],
        watch: &mut impl Watch,
    ) -> Result<()> {
        let fresh = convert::new_values(&self.around(), &self.plan, memory, chunk);
        if fresh.is_empty() {
            return Ok(());
        }
        at.added_values.extend(fresh.iter().cloned());
        // Nothing of the chunk is written yet: no place in the log to look from.
        watch.keep(&Checkpoint { next_row: first, seq: 0, ..at.clone() }).await?;
        for AddedValue { field, value } in &fresh {
            schema_change::add_picklist_value(self.org, self.ctx, self.plan.object.name(), field, value).await?;
        }
        Ok(())
    }

    /// Whether the chunk that a killed run was at had been committed; then it is counted from the change log.
    async fn was_written(&self, at: &mut Checkpoint, chunk: &[Prepared]) -> Result<bool> {
        let entries = self.org.store().log_of_set(self.change_set, at.seq, 10_000).await?;
        let made = entries.iter().filter(|e| e.op == Op::Create && e.object == self.plan.object.no).count() as u64;
        if made == 0 {
            return Ok(false);
        }
        at.seq = entries.last().map_or(at.seq, |e| e.seq);
        let rows = chunk.len() as u64;
        at.result.rows += rows;
        at.result.created += made;
        at.result.failed += rows.saturating_sub(made);
        let first = chunk.first().map_or(0, |r| r.raw.row);
        if made < rows {
            let message = Refusal::new(
                "",
                format!("服务在写入此批（从第 {first} 行起的 {rows} 行）后中断：{made} 行已导入，其余的失败原因未能记录"),
                format!(
                    "the service stopped after writing this batch ({rows} rows from row {first}): {made} were imported, why the others failed was not recorded"
                ),
            );
            remember(&mut at.result, self.ctx, first, &message);
        }
        Ok(true)
    }
}

pub(crate) fn remember(result: &mut ImportResult, ctx: &Ctx, row: u64, refusal: &Refusal) {
    if result.first_errors.len() < FIRST_ERRORS {
        result.first_errors.push(row_error(ctx, row, refusal));
    }
}

/// Counts the outcomes of a chunk.
struct Count<'a, 'b> {
    run: &'a Run<'b>,
    result: &'a mut ImportResult,
    piece: Piece,
    deferred: Vec<Deferred>,
}

impl Count<'_, '_> {
    fn refuse(&mut self, row: &Prepared, more: Vec<Refusal>) -> Result<()> {
        self.result.failed += 1;
        let all: Vec<Refusal> = row.refusals.iter().cloned().chain(more).collect();
        for refusal in &all {
            remember(self.result, self.run.ctx, row.raw.row, refusal);
        }
        self.piece.add(self.run.ctx, self.run.plan.width, &row.raw, &all)
    }

    fn outcome(&mut self, row: &mut Ready, outcome: Outcome, upsert: bool, twin: Option<Twin>) -> Result<()> {
        let id = match (outcome, twin) {
            (Outcome::Created(_), Some(Twin::Key)) if upsert => {
                self.result.updated += 1;
                return Ok(());
            }
            (Outcome::Created(_) | Outcome::Updated(_), Some(Twin::Unique(field))) => {
                let refusal = Refusal::new(
                    field,
                    "与文件中前面的行重复，此字段的值须唯一",
                    "an earlier row of the file has the same value, which must be unique",
                );
                return self.refuse(&row.row, vec![refusal]);
            }
            (Outcome::Created(made), _) => {
                self.result.created += 1;
                made.id()
            }
            (Outcome::Updated(changed), _) => {
                self.result.updated += 1;
                changed.id()
            }
            (Outcome::Unchanged(same), _) => {
                self.result.unchanged += 1;
                same.id()
            }
            (Outcome::Deleted(_), _) => return Ok(()),
            (Outcome::Failed(error), _) => {
                let refused = refusals(&error, &row.pending);
                if refused.is_empty() {
                    self.result.created += 1;
                    return Ok(());
                }
                return self.refuse(&row.row, refused);
            }
        };
        let row_number = row.row.raw.row;
        self.deferred.extend(row.deferred.drain(..).map(|(binding, name)| Deferred { row: row_number, id: id.0, binding, name }));
        Ok(())
    }
}

/// Rows of one file with the same key, which a dry run does not see in the store.
#[derive(Default)]
struct Twins(HashSet<(usize, u64)>);

/// What a row has in common with an earlier one.
enum Twin {
    /// The key of the import.
    Key,
    /// Another unique field.
    Unique(String),
}

impl Twins {
    fn meet(&mut self, plan: &Plan, row: &Prepared) -> Option<Twin> {
        let mut twin = None;
        for (index, binding) in plan.bindings.iter().enumerate().filter(|(_, b)| b.field.def.is_unique()) {
            let name = binding.field.name();
            let Some(value) = row.values.get(name).and_then(serde_json::Value::as_str).filter(|v| !v.is_empty()) else { continue };
            if self.0.insert((index, convert::hash(&value.to_lowercase()))) {
                continue;
            }
            let is_key = plan.key.as_deref() == Some(name);
            twin = Some(if is_key { Twin::Key } else { Twin::Unique(name.to_owned()) });
            if !is_key && plan.key.is_none() {
                break;
            }
        }
        twin
    }
}
