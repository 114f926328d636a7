//! The change log: every committed change of a record, in the order of the commits.

use guanxi_model::change::Op;
use guanxi_model::{Error, ObjectNo, RecordId, Result};

use crate::store::Store;
use crate::unit::{Done, Row, cells};

/// One change as the log keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Its place in the log: 1, 2, 3 … without gaps, in the order of the commits.
    pub seq: i64,
    /// The change set it belongs to; 0 for changes of the schema.
    pub change_set: i64,
    /// When, microseconds since the epoch.
    pub at: i64,
    /// Who.
    pub user: RecordId,
    /// By which door, as [`guanxi_model::Door::name`].
    pub door: String,
    /// What happened.
    pub op: Op,
    /// The record's object; 0 for a change of the schema.
    pub object: ObjectNo,
    /// The record; `RecordId(0)` for a change of the schema.
    pub id: RecordId,
    /// The record's version after the change (the last one it had, for a purge); the schema's version for a change of the schema.
    pub version: i64,
    /// What changed, JSON; empty where there is nothing to say.
    pub diff: String,
}

/// Where a committed change set stands in the log. A set without changes has `first_seq` = `last_seq` + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The sequence number of its first change.
    pub first_seq: i64,
    /// The sequence number of its last change.
    pub last_seq: i64,
}

impl Committed {
    pub(crate) fn of(done: Done) -> Committed {
        Committed { first_seq: done.first_seq, last_seq: done.last_seq }
    }
}

const COLUMNS: &str = "seq, change_set, at, user_id, door, op, object_no, record_id, version, diff";

impl Store {
    /// The entries after `after` (0: from the beginning), oldest first, at most `limit`.
    pub async fn log_after(&self, after: i64, limit: u32) -> Result<Vec<LogEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_change WHERE seq > $1 ORDER BY seq LIMIT $2");
        self.rows_as(sql, cells![after, i64::from(limit)], entry).await
    }

    /// The entries of one record before `before_seq` (`None`: from the end), newest first, at most `limit`.
    pub async fn log_of_record(&self, id: RecordId, before_seq: Option<i64>, limit: u32) -> Result<Vec<LogEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_change WHERE record_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
        self.rows_as(sql, cells![id.0, before_seq.unwrap_or(i64::MAX), i64::from(limit)], entry).await
    }

    /// The entries of one change set after `after` (0: from its beginning), oldest first, at most `limit`.
    pub async fn log_of_set(&self, set: i64, after: i64, limit: u32) -> Result<Vec<LogEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_change WHERE change_set = $1 AND seq > $2 ORDER BY seq LIMIT $3");
        self.rows_as(sql, cells![set, after, i64::from(limit)], entry).await
    }

    /// The places of these entries.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn seqs_of_set(&self, set: i64, after: i64, limit: u32) -> Result<Vec<i64>> {
        let sql = "SELECT seq FROM sys_change WHERE change_set = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        self.rows_as(sql, cells![set, after, i64::from(limit)], Row::int).await
    }
}

fn entry(row: &mut Row) -> Result<LogEntry> {
    Ok(LogEntry {
        seq: row.int()?,
        change_set: row.int()?,
        at: row.int()?,
        user: RecordId(row.int()?),
        door: row.text()?,
        op: row.int().map(Op::from_code)?.ok_or_else(|| Error::internal("an unknown operation in the change log"))?,
        object: ObjectNo::try_from(row.int()?).map_err(Error::internal)?,
        id: RecordId(row.int()?),
        version: row.int()?,
        diff: row.text()?,
    })
}
