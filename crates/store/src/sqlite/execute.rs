//! Carries out one unit inside the writer's transaction.

use guanxi_query::{Dialect, dml};
use rusqlite::{CachedStatement, Connection};

use super::convert::{fault, refused};
use super::readers::{bind, query};
use crate::error::WriteError;
use crate::texts;
use crate::unit::{Done, Expect, InsertRun, LogRow, OnFail, Part, Step, Unit};

/// New records in one statement: more gain little, and the text gets long.
const ROWS_PER_INSERT: usize = 16;

const LOG: &str = "INSERT INTO sys_change (seq, change_set, at, user_id, door, op, object_no, record_id, version, diff) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Runs a unit; its log rows take the places after `head`.
pub(super) fn run(conn: &Connection, unit: &Unit, head: i64) -> Result<Done, WriteError> {
    let mut done = Done { first_seq: head + 1, last_seq: head, ..Done::default() };
    for part in &unit.parts {
        match part {
            Part::Step(step) => run_step(conn, step, &mut done)?,
            Part::Insert(run) => insert(conn, run, &mut done)?,
            Part::Exist(object, targets) => {
                let sql = dml::lock_live(object, 1, Dialect::Sqlite);
                for target in targets {
                    if query(conn, &sql, std::slice::from_ref(&target.id)).map_err(fault)?.cells.is_empty() {
                        return Err(target.missing());
                    }
                }
            }
        }
    }
    if !unit.log.is_empty() {
        append_log(conn, &unit.log, &mut done).map_err(fault)?;
    }
    Ok(done)
}

fn run_step(conn: &Connection, step: &Step, done: &mut Done) -> Result<(), WriteError> {
    let refuse = |error| refused(error, step.change);
    match &step.expect {
        Expect::Any => done.changed += execute(conn, step).map_err(refuse)?,
        Expect::OneChange(on_fail) => match execute(conn, step).map_err(refuse)? {
            1 => done.changed += 1,
            _ => return Err(why(conn, on_fail)),
        },
        Expect::NoRow(error) => {
            if !query(conn, &step.sql, &step.params).map_err(refuse)?.cells.is_empty() {
                return Err(error.clone());
            }
        }
        Expect::Rows => done.rows.push(query(conn, &step.sql, &step.params).map_err(refuse)?),
    }
    Ok(())
}

fn execute(conn: &Connection, step: &Step) -> rusqlite::Result<u64> {
    let mut statement = conn.prepare_cached(&step.sql)?;
    bind(&mut statement, &step.params)?;
    statement.raw_execute().map(|count| count as u64)
}

fn why(conn: &Connection, on_fail: &OnFail) -> WriteError {
    match on_fail {
        OnFail::Is(error) => error.clone(),
        OnFail::Stale { change, probe, id } => match query(conn, probe, &[(*id).into()]) {
            Ok(rows) => OnFail::stale(*change, !rows.cells.is_empty()),
            Err(error) => fault(error).into(),
        },
    }
}

fn insert(conn: &Connection, run: &InsertRun, done: &mut Done) -> Result<(), WriteError> {
    let width = run.columns.len();
    let many = ROWS_PER_INSERT.min(dml::max_rows(width, Dialect::Sqlite));
    let prepare = |rows| conn.prepare_cached(&texts::insert(&run.object, &run.columns, rows, Dialect::Sqlite)).map_err(fault);
    let mut change = run.first_change;
    let mut chunks = run.cells.chunks_exact(width * many);
    if chunks.len() > 0 {
        let mut statement = prepare(many)?;
        for chunk in chunks.by_ref() {
            if let Err(error) = put(&mut statement, chunk) {
                return Err(culprit(&mut prepare(1)?, chunk.chunks_exact(width), change).unwrap_or_else(|| fault(error).into()));
            }
            change += many;
        }
    }
    if !chunks.remainder().is_empty() {
        let mut single = prepare(1)?;
        if let Some(error) = culprit(&mut single, chunks.remainder().chunks_exact(width), change) {
            return Err(error);
        }
    }
    done.changed += (run.cells.len() / width) as u64;
    Ok(())
}

fn put(statement: &mut CachedStatement<'_>, cells: &[guanxi_model::Cell]) -> rusqlite::Result<usize> {
    bind(statement, cells)?;
    statement.raw_execute()
}

/// Inserts records one by one; the error of the first that is refused.
fn culprit<'a>(single: &mut CachedStatement<'_>, rows: impl Iterator<Item = &'a [guanxi_model::Cell]>, first: usize) -> Option<WriteError> {
    rows.enumerate().find_map(|(at, row)| put(single, row).err().map(|error| refused(error, Some(first + at))))
}

fn append_log(conn: &Connection, log: &[LogRow], done: &mut Done) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(LOG)?;
    for row in log {
        done.last_seq += 1;
        let ids = (done.last_seq, row.change_set, row.at, row.user, row.door);
        let what = (row.op, row.object, row.record, row.version, row.diff.as_str());
        statement.execute((ids.0, ids.1, ids.2, ids.3, ids.4, what.0, what.1, what.2, what.3, what.4))?;
    }
    Ok(())
}
