//! The first rows of an import as they will be, through the write door's dry run.

use std::sync::Arc;

use guanxi_model::{Ctx, Door, Result, Schema};
use serde_json::{Map, Value, json};

use super::api::prepare_plan;
use super::convert::{self, Memory, Ready, refusals};
use super::lookup::Around;
use super::model::{Preview, PreviewError, PreviewRow, Refusal};
use super::plan::{Plan, Target};
use super::source::Source;
use super::{feed, state};
use crate::write::{Operation, Options, Outcome};
use crate::{Organisation, write};

/// Rows of a preview.
const ROWS: u64 = 20;

/// The first 20 rows as they will be.
///
/// # Errors
/// 404; 422 when the mapping or the file is wrong.
pub async fn preview(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Preview> {
    let ctx = &Ctx { door: Door::Import, ..ctx.clone() };
    let kept = state::load(org, ctx, id).await?;
    let plan = Arc::new(prepare_plan(org, ctx, &kept.stored).await?);
    let source = Source::stored(org.files(), &kept.stored.source_key()).await?;
    let reading = kept.stored.reading();
    let around = Around { org, ctx, change_set: 0, dry_run: true };
    let mut memory = Memory { own_names: feed::own_names(source.path(), &reading, &plan).await?, ..Memory::default() };
    let mut chunks = feed::start(source.path(), &reading, &plan, Some(ROWS));
    let mut preview = Preview::default();
    while let Some(chunk) = chunks.recv().await {
        let mut rows = convert::ready(&around, &plan, &mut memory, chunk?).await?;
        let operations: Vec<Operation> = rows.iter_mut().filter_map(|r| r.operation.take()).collect();
        let written = write::write(org, ctx, operations, Options { dry_run: true, ..Options::default() }).await?;
        let mut outcomes = written.outcomes.into_iter();
        let schema = org.schema();
        preview.rows.extend(rows.iter().map(|row| {
            let outcome = if row.row.refusals.is_empty() { outcomes.next() } else { None };
            shown(ctx, &schema, &plan, row, outcome)
        }));
    }
    Ok(preview)
}

fn shown(ctx: &Ctx, schema: &Schema, plan: &Plan, row: &Ready, outcome: Option<Outcome>) -> PreviewRow {
    let (action, record, refused) = match outcome {
        Some(Outcome::Created(made)) => ("create", Some(made), Vec::new()),
        Some(Outcome::Updated(changed)) => ("update", Some(changed), Vec::new()),
        Some(Outcome::Unchanged(same)) => ("unchanged", Some(same), Vec::new()),
        Some(Outcome::Failed(error)) => match refusals(&error, &row.pending) {
            none if none.is_empty() => ("create", None, none),
            some => ("error", None, some),
        },
        Some(Outcome::Deleted(_)) | None => ("error", None, row.row.refusals.clone()),
    };
    let mut values = match record {
        Some(record) => own_fields(schema, serde_json::from_slice(&record.json(ctx, schema)).unwrap_or_default()),
        None => row.row.values.clone(),
    };
    add_names(plan, row, &mut values);
    PreviewRow { row: row.row.raw.row, action, values: Value::Object(values), errors: refused.iter().map(|r| error(ctx, r)).collect() }
}

/// Without what every record has and the import does not set.
fn own_fields(_schema: &Schema, mut record: Map<String, Value>) -> Map<String, Value> {
    for field in ["id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id"] {
        record.remove(field);
    }
    record
}

/// Beside each reference, what the file calls it.
fn add_names(plan: &Plan, row: &Ready, values: &mut Map<String, Value>) {
    for binding in plan.bindings.iter().filter(|b| matches!(b.target, Target::Lookup(_))) {
        let cell = row.row.raw.cells.get(binding.column).unwrap_or("").trim();
        let text = binding.values.get(cell).map_or(cell, String::as_str);
        if let (Some(relationship), false) = (binding.field.def.relationship(), text.is_empty()) {
            values.insert(relationship.to_owned(), json!({ "name": text }));
        }
    }
}

fn error(ctx: &Ctx, refusal: &Refusal) -> PreviewError {
    PreviewError { field: refusal.field.clone(), message: refusal.message.get(ctx.lang).to_owned() }
}
