//! References from rows to other rows of the same file, set once all rows are there. What is still to be set is kept beside the
//! imported file, so that a run that was killed does not lose it.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt;
use guanxi_model::{Error, RecordId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::convert::{Memory, refusals};
use super::failed::{Piece, put};
use super::lookup::{self, Found};
use super::model::Refusal;
use super::run::{Checkpoint, Run, Watch, remember};
use super::table::RawRow;
use crate::write;
use crate::write::{Operation, Options, Outcome};

/// A reference to be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deferred {
    /// The row in the file.
    pub(crate) row: u64,
    /// The record made of it.
    pub(crate) id: i64,
    /// The binding with the lookup.
    pub(crate) binding: usize,
    /// What the other row is called.
    pub(crate) name: String,
}

fn key(run: &Run<'_>, first_row: u64) -> String {
    format!("{}/later/{first_row}", run.storage)
}

/// Keeps the references of one chunk.
///
/// # Errors
/// When the storage is away.
pub(crate) async fn keep(run: &Run<'_>, first_row: u64, deferred: &[Deferred]) -> Result<()> {
    let bytes = serde_json::to_vec(deferred).map_err(Error::internal)?;
    put(run.org.files(), &key(run, first_row), bytes).await
}

async fn kept(run: &Run<'_>, first_row: u64) -> Result<Vec<Deferred>> {
    let mut stream = run.org.files().get(&key(run, first_row)).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.map_err(Error::internal)?);
    }
    serde_json::from_slice(&bytes).map_err(Error::internal)
}

/// Sets the references that were kept, part by part; a part that is done is taken from the checkpoint before its file goes.
///
/// # Errors
/// Those of the store and the storage.
pub(crate) async fn set(run: &Run<'_>, at: &mut Checkpoint, memory: &mut Memory, watch: &mut impl Watch) -> Result<()> {
    memory.own_names.clear();
    for index in 0..run.plan.bindings.len() {
        memory.lookups.forget(index);
    }
    while let Some(first) = at.deferred_parts.first().copied() {
        let deferred = kept(run, first).await?;
        part(run, at, memory, first, deferred).await?;
        at.deferred_parts.remove(0);
        watch.keep(at).await?;
        run.org.files().delete(&key(run, first)).await?;
    }
    Ok(())
}

async fn part(run: &Run<'_>, at: &mut Checkpoint, memory: &mut Memory, first: u64, deferred: Vec<Deferred>) -> Result<()> {
    let mut names: HashMap<usize, HashSet<String>> = HashMap::new();
    for one in &deferred {
        names.entry(one.binding).or_default().insert(one.name.clone());
    }
    for (binding, names) in names {
        memory.lookups.resolve(&run.around(), &run.plan, binding, names, |_| false).await?;
    }
    let schema = run.org.schema();
    let (mut operations, mut rows, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for one in deferred {
        let binding = &run.plan.bindings[one.binding];
        match memory.lookups.get(one.binding, &one.name) {
            Some(Found::One(id)) => {
                let values = Map::from_iter([(binding.field.name().to_owned(), Value::String(id.to_string()))]);
                operations.push(Operation::Update { id: RecordId(one.id), values, version: None });
                rows.push(one);
            }
            other => {
                let refusal = lookup::refusal(binding, &one.name, other.unwrap_or(&Found::Nothing));
                refused.push((one, vec![refusal]));
            }
        }
    }
    let options = Options { change_set: Some(run.change_set), ..Options::default() };
    let written = write::write(run.org, run.ctx, operations, options).await?;
    for (one, outcome) in rows.into_iter().zip(written.outcomes) {
        if let Outcome::Failed(error) = outcome {
            refused.push((one, refusals(&error, &[])));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let mut piece = Piece::new();
    for (one, why) in refused {
        let id = schema.id_text(RecordId(one.id));
        let mut why: Vec<Refusal> = why;
        why.push(Refusal::new(
            "",
            format!("记录已导入（{id}），但这一项留空"),
            format!("the record was imported ({id}) with this left empty"),
        ));
        why.iter().for_each(|w| remember(&mut at.result, run.ctx, one.row, w));
        let raw = RawRow { row: one.row, cells: csv::StringRecord::from(vec![one.name]) };
        piece.add(run.ctx, run.plan.width, &raw, &why)?;
    }
    // Its own name beside the piece of the chunk's refused rows: half a row further.
    let place = first + 1_000_000_000;
    piece.store(run.org.files(), run.storage, place).await?;
    at.error_parts.push(place);
    Ok(())
}
