//! Carries out units in one transaction: every statement is sent at once, then the answers are looked at. What new records and guards of
//! several units have in common goes in one statement: a batch of single creates costs little more than one of them.

use std::collections::{BTreeMap, HashSet};

use futures_util::future::{join, join_all};
use guanxi_model::{Cell, Error, Object};
use guanxi_query::{Dialect, dml};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::convert::{Param, fault, is_ours, refused, rows};
use crate::error::WriteError;
use crate::pool::Checkout;
use crate::texts;
use crate::unit::{Done, Expect, InsertRun, LogRow, OnFail, Part, Rows, SqlText, Step, Target, Unit};

/// New records in one statement: few sizes, so that few statements are prepared.
const INSERT_SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// Ids asked for in one statement.
const EXIST_SIZES: [usize; 3] = [256, 16, 1];

const SEQ: &str = "UPDATE sys_counter SET value = value + $1 WHERE name = 'seq' RETURNING value";

const LOG: &str = "INSERT INTO sys_change (seq, change_set, at, user_id, door, op, object_no, record_id, version, diff) \
                   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::smallint[], $7::integer[], \
                   $8::bigint[], $9::bigint[], $10::text[])";

/// Why a transaction was not committed, or not for certain.
#[derive(Debug)]
pub(super) enum Failed {
    /// A unit was refused. Which one is only certain if there was one.
    Refused(WriteError),
    /// A statement met no record: it has another version, or is gone.
    Stale(usize, SqlText, i64),
    /// It may work if it is tried again.
    Again,
    /// The server is away.
    Lost(Error),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Failed {
        failed(error, None)
    }
}

/// What an error of a statement means; `change` is the change it carries out.
fn failed(error: tokio_postgres::Error, change: Option<usize>) -> Failed {
    match error.code().map(|state| state.code()) {
        // Deadlock, serialisation, a table changed under a prepared statement, a statement that the server has forgotten.
        Some("40P01" | "40001" | "0A000" | "42804" | "26000") => Failed::Again,
        None if !is_ours(&error) => Failed::Lost(fault(error)),
        _ => Failed::Refused(refused(error, change)),
    }
}

/// A statement to send.
struct Op<'a> {
    /// The unit that it belongs to; the first of several.
    unit: usize,
    sql: SqlText,
    params: Vec<&'a Cell>,
    returns: bool,
    check: Check<'a>,
}

enum Check<'a> {
    Step(&'a Step),
    /// Records, the first being that of this change.
    Insert(usize),
    Exist(Vec<&'a Target>),
}

/// Runs and commits units.
pub(super) async fn transaction(conn: &mut Checkout, units: &[Unit]) -> Result<Vec<Done>, Failed> {
    let mut result = attempt(conn, units, false).await;
    if matches!(result, Err(Failed::Refused(WriteError::Duplicate { .. }))) && units.len() == 1 {
        // Many records may have gone in with one statement: find the one that was refused.
        rollback(conn).await?;
        result = attempt(conn, units, true).await;
    }
    match result {
        Ok(done) => {
            conn.set_dirty(false);
            return Ok(done);
        }
        Err(Failed::Lost(error)) => return Err(Failed::Lost(error)),
        Err(_) => rollback(conn).await?,
    }
    match result {
        Err(Failed::Stale(change, probe, id)) => {
            let found = conn.client().query(&*probe, &[&id]).await?;
            Err(Failed::Refused(OnFail::stale(change, !found.is_empty())))
        }
        Err(Failed::Again) => {
            conn.forget();
            Err(Failed::Again)
        }
        other => other,
    }
}

async fn rollback(conn: &mut Checkout) -> Result<(), Failed> {
    conn.client().batch_execute("ROLLBACK").await?;
    conn.set_dirty(false);
    Ok(())
}

async fn attempt(conn: &mut Checkout, units: &[Unit], one_by_one: bool) -> Result<Vec<Done>, Failed> {
    let log: Vec<&LogRow> = units.iter().flat_map(|u| &u.log).collect();
    let ops = operations(units, one_by_one);
    let seq_statement = conn.prepare(SEQ).await?;
    let mut statements = Vec::new();
    for op in &ops {
        statements.push(conn.prepare(&op.sql).await?);
    }
    conn.set_dirty(true);
    let count = log.len() as i64;
    let in_turn = count > 0 || units.iter().any(|u| u.events);
    let client = conn.client();
    let seq = async {
        // Sent in this order, since each is sent when it is first polled. A batch without log rows and events need not wait for its turn.
        let raise = async { if !in_turn { Ok(0) } else { client.query_one(&seq_statement, &[&count]).await?.try_get::<_, i64>(0) } };
        let (begun, last) = join(client.batch_execute("BEGIN"), raise).await;
        begun.and(last)
    };
    let sent = ops.iter().zip(&statements).map(|(op, statement)| send(conn, op, statement));
    let (seq, answers) = join(seq, join_all(sent)).await;
    let head = seq? - count;
    let (mut done, mut last) = (Vec::with_capacity(units.len()), head);
    for unit in units {
        let first_seq = last + 1;
        last += unit.log.len() as i64;
        done.push(Done { first_seq, last_seq: last, changed: unit.new_records(), ..Done::default() });
    }
    for (op, answer) in ops.iter().zip(answers) {
        check(op, answer, &mut done[op.unit])?;
    }
    commit(conn, &log, head).await?;
    Ok(done)
}

/// Sends the change log's rows and the commit together. A commit of a failed transaction is a rollback without an error: the answer to
/// the rows decides.
async fn commit(conn: &mut Checkout, log: &[&LogRow], head: i64) -> Result<(), Failed> {
    if log.is_empty() {
        return Ok(conn.client().batch_execute("COMMIT").await?);
    }
    let statement = conn.prepare(LOG).await?;
    let seqs: Vec<i64> = (head + 1..).take(log.len()).collect();
    let longs = |of: fn(&LogRow) -> i64| log.iter().map(|row| of(row)).collect::<Vec<i64>>();
    let (sets, ats, users) = (longs(|r| r.change_set), longs(|r| r.at), longs(|r| r.user));
    let (records, versions) = (longs(|r| r.record), longs(|r| r.version));
    let doors: Vec<&str> = log.iter().map(|r| r.door).collect();
    let ops: Vec<i16> = log.iter().map(|r| r.op as i16).collect();
    let objects: Vec<i32> = log.iter().map(|r| r.object as i32).collect();
    let diffs: Vec<&str> = log.iter().map(|r| r.diff.as_str()).collect();
    let params: [&(dyn ToSql + Sync); 10] = [&seqs, &sets, &ats, &users, &doors, &ops, &objects, &records, &versions, &diffs];
    let client = conn.client();
    let (rows, committed) = join(client.execute(&statement, &params), client.batch_execute("COMMIT")).await;
    rows?;
    Ok(committed?)
}

async fn send(conn: &Checkout, op: &Op<'_>, statement: &Statement) -> Result<(u64, Rows), tokio_postgres::Error> {
    let params: Vec<Param<'_>> = op.params.iter().map(|cell| Param(cell)).collect();
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    if op.returns {
        let found = conn.client().query(statement, &params).await?;
        Ok((found.len() as u64, rows(&found)?))
    } else {
        Ok((conn.client().execute(statement, &params).await?, Rows::default()))
    }
}

/// The statements of units: new records first, where there are several units, then what else each does, then the guards of all. A unit
/// that needs another order is refused with its batch, and carried out alone, where its parts are in its own order.
fn operations(units: &[Unit], one_by_one: bool) -> Vec<Op<'_>> {
    let (mut inserted, mut steps) = (Vec::new(), Vec::new());
    let mut runs: Vec<(usize, &InsertRun, Vec<&Cell>)> = Vec::new();
    let mut exist: BTreeMap<u16, (usize, &Object, Vec<&Target>)> = BTreeMap::new();
    for (place, unit) in units.iter().enumerate() {
        for part in &unit.parts {
            match part {
                Part::Step(step) => steps.push(Op {
                    unit: place,
                    sql: step.sql.clone(),
                    params: step.params.iter().collect(),
                    returns: matches!(step.expect, Expect::NoRow(_) | Expect::Rows),
                    check: Check::Step(step),
                }),
                Part::Insert(run) if units.len() > 1 => {
                    match runs.iter_mut().find(|(_, known, _)| known.object.no == run.object.no && known.columns == run.columns) {
                        Some((_, _, cells)) => cells.extend(&run.cells),
                        None => runs.push((place, run, run.cells.iter().collect())),
                    }
                }
                Part::Insert(run) => inserts((place, run, run.cells.iter().collect()), one_by_one, &mut steps),
                Part::Exist(object, targets) => exist.entry(object.no).or_insert((place, object, Vec::new())).2.extend(targets),
            }
        }
    }
    runs.into_iter().for_each(|run| inserts(run, one_by_one, &mut inserted));
    inserted.append(&mut steps);
    exist.into_values().for_each(|asked| guards(asked, &mut inserted));
    inserted
}

/// The records must be there.
fn guards<'a>((unit, object, mut targets): (usize, &Object, Vec<&'a Target>), ops: &mut Vec<Op<'a>>) {
    let mut seen = HashSet::new();
    targets.retain(|target| seen.insert(&target.id));
    let mut rest = targets.as_slice();
    while !rest.is_empty() {
        // The last id is repeated where there are fewer than the statement asks for.
        let size = EXIST_SIZES.into_iter().rfind(|s| *s >= rest.len()).unwrap_or(EXIST_SIZES[0]);
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        let ids = chunk.iter().chain(std::iter::repeat(&chunk[chunk.len() - 1])).take(size).map(|t| &t.id).collect();
        let sql = dml::lock_live(object, size, Dialect::Postgres).into();
        ops.push(Op { unit, sql, params: ids, returns: true, check: Check::Exist(chunk.to_vec()) });
        rest = after;
    }
}

fn inserts<'a>((unit, run, cells): (usize, &'a InsertRun, Vec<&'a Cell>), one_by_one: bool, ops: &mut Vec<Op<'a>>) {
    let width = run.columns.len();
    let most = dml::max_rows(width, Dialect::Postgres);
    let (mut rest, mut change) = (cells.as_slice(), run.first_change);
    for size in INSERT_SIZES {
        if rest.len() < size * width || size > most || (one_by_one && size > 1) {
            continue;
        }
        let sql = SqlText::Made(texts::insert(&run.object, &run.columns, size, Dialect::Postgres));
        while rest.len() >= size * width {
            let (chunk, after) = rest.split_at(size * width);
            ops.push(Op { unit, sql: sql.clone(), params: chunk.to_vec(), returns: false, check: Check::Insert(change) });
            (rest, change) = (after, change + size);
        }
    }
}

/// Whether an answer is what was expected.
fn check(op: &Op<'_>, answer: Result<(u64, Rows), tokio_postgres::Error>, done: &mut Done) -> Result<(), Failed> {
    let change = match &op.check {
        Check::Step(step) => step.change,
        Check::Insert(first) => Some(*first),
        Check::Exist(_) => None,
    };
    let (count, rows) = answer.map_err(|error| failed(error, change))?;
    match &op.check {
        Check::Insert(_) => {}
        Check::Exist(targets) => {
            let there: HashSet<&Cell> = rows.cells.iter().collect();
            if let Some(missing) = targets.iter().find(|t| !there.contains(&t.id)) {
                return Err(Failed::Refused(missing.missing()));
            }
        }
        Check::Step(step) => match &step.expect {
            Expect::Any => done.changed += count,
            Expect::OneChange(_) if count == 1 => done.changed += 1,
            Expect::OneChange(OnFail::Is(error)) => return Err(Failed::Refused(error.clone())),
            Expect::OneChange(OnFail::Stale { change, probe, id }) => return Err(Failed::Stale(*change, probe.clone(), *id)),
            Expect::NoRow(error) if count > 0 => return Err(Failed::Refused(error.clone())),
            Expect::NoRow(_) => {}
            Expect::Rows => done.rows.push(rows),
        },
    }
    Ok(())
}
