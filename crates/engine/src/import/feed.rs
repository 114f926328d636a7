//! Rows from the file to the importer: read and prepared on a thread of their own while the chunk before is being written.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guanxi_model::{Error, Result};
use tokio::sync::mpsc;

use super::convert::hash;
use super::plan::{Match, Plan, Target};
use super::prepare::{Prepared, prepare};
use super::table::{self, Reading};

/// Rows of one chunk: one call of the write door, one transaction.
pub(crate) const CHUNK: usize = 2_000;

/// Chunks that wait to be written.
const WAITING: usize = 2;

/// Starts reading; the receiver gets chunks, or the error that ended the reading.
pub(crate) fn start(path: &Path, reading: &Reading, plan: &Arc<Plan>, limit: Option<u64>) -> mpsc::Receiver<Result<Vec<Prepared>>> {
    let (send, receive) = mpsc::channel(WAITING);
    let (path, reading, plan) = (path.to_owned(), reading.clone(), Arc::clone(plan));
    tokio::task::spawn_blocking(move || {
        if let Err(error) = run(&path, &reading, &plan, limit, &send) {
            // Nobody listens any more when the import was stopped.
            let _ = send.blocking_send(Err(error));
        }
    });
    receive
}

fn run(path: &Path, reading: &Reading, plan: &Plan, limit: Option<u64>, send: &mpsc::Sender<Result<Vec<Prepared>>>) -> Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut rows = 0;
    table::read(
        path,
        reading,
        |_| Ok(()),
        |row| {
            rows += 1;
            chunk.push(prepare(plan, row));
            let last = limit.is_some_and(|limit| rows >= limit);
            if chunk.len() == CHUNK {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
                if send.blocking_send(Ok(full)).is_err() {
                    return Ok(false);
                }
            }
            Ok(!last)
        },
    )?;
    if !chunk.is_empty() {
        let _ = send.blocking_send(Ok(chunk));
    }
    Ok(())
}

/// The names that rows of this file will have, for the lookups that may mean them; nothing where no lookup may.
///
/// # Errors
/// What is wrong with the file.
pub(crate) async fn own_names(path: &Path, reading: &Reading, plan: &Arc<Plan>) -> Result<HashMap<usize, HashSet<u64>>> {
    let sources = own_columns(plan);
    if sources.is_empty() {
        return Ok(HashMap::new());
    }
    let (path, reading): (PathBuf, Reading) = (path.to_owned(), reading.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mut names: HashMap<usize, HashSet<u64>> = sources.iter().map(|(binding, _)| (*binding, HashSet::new())).collect();
        table::read(
            &path,
            &reading,
            |_| Ok(()),
            |row| {
                for (binding, columns) in &sources {
                    let cells = columns.iter().filter_map(|c| row.cells.get(*c)).filter(|c| !c.trim().is_empty());
                    if let Some(names) = names.get_mut(binding) {
                        names.extend(cells.map(hash));
                    }
                }
                Ok(true)
            },
        )?;
        Ok(names)
    });
    read.await.map_err(Error::internal)?
}

/// For each lookup that may mean rows of this file: the columns that hold what it looks by.
fn own_columns(plan: &Plan) -> Vec<(usize, Vec<usize>)> {
    let mut found = Vec::new();
    for (index, binding) in plan.bindings.iter().enumerate() {
        let Target::Lookup(lookup) = &binding.target else { continue };
        if !lookup.own {
            continue;
        }
        let name = plan.object.name_field().name();
        let fields: Vec<&str> = match &lookup.by {
            Match::Id => continue,
            Match::NameOrEmail => vec![name, "email"],
            Match::Field(field) if field == "name" => vec![name],
            Match::Field(field) => vec![field.as_str()],
        };
        let columns: Vec<usize> = plan.bindings.iter().filter(|b| fields.contains(&b.field.name())).map(|b| b.column).collect();
        if !columns.is_empty() {
            found.push((index, columns));
        }
    }
    found
}
