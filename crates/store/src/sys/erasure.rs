//! Taking a person's text away: from the record, from the change log, from what else is kept of it. What the audit log's tree has stays, without
//! the salts that would let a digest be guessed.

use std::sync::Arc;

use guanxi_access::Authorized;
use guanxi_model::change::ChangeSet;
use guanxi_model::{Error, ErrorKind, RecordId, Result, Schema};

use super::{NewEvent, step};
use crate::error::WriteError;
use crate::fence::fenced;
use crate::log::Committed;
use crate::plan::unit_of;
use crate::store::{Engine, Store};
use crate::unit::{Expect, OnFail, Part, Step, cells};

/// The code of an erasure that has to be tried again: the audit log had not taken in yet what it changes.
pub const NOT_LOGGED_YET: &str = "not_logged_yet";

/// A column with texts that may speak of many records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Bodies of events of the audit log.
    Events,
    /// What users were told.
    Notifications,
    /// Samples, values and errors of imports.
    Imports,
    /// Views that were saved.
    Views,
    /// What jobs were asked.
    JobPayloads,
    /// Why jobs failed.
    JobErrors,
    /// What came of jobs.
    JobResults,
    /// What jobs are called.
    JobTitles,
}

impl Texts {
    /// All of them.
    pub const ALL: [Texts; 8] = [
        Texts::Events,
        Texts::Notifications,
        Texts::Imports,
        Texts::Views,
        Texts::JobPayloads,
        Texts::JobErrors,
        Texts::JobResults,
        Texts::JobTitles,
    ];

    fn place(self) -> (&'static str, &'static str) {
        match self {
            Texts::Events => ("sys_audit_event", "body"),
            Texts::Notifications => ("sys_notification", "body"),
            Texts::Imports => ("sys_import", "body"),
            Texts::Views => ("sys_view", "body"),
            Texts::JobPayloads => ("sys_job", "payload"),
            Texts::JobErrors => ("sys_job", "error"),
            Texts::JobResults => ("sys_job", "result"),
            Texts::JobTitles => ("sys_job", "title"),
        }
    }
}

/// What goes with the change of a record.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// Places in the change log with what stays of their diffs.
    pub diffs: Vec<(i64, String)>,
    /// Rows of other texts with what stays of them.
    pub texts: Vec<(Texts, i64, String)>,
    /// Answers kept for repeated requests, by user and key.
    pub answers: Vec<(RecordId, String)>,
    /// What the audit log says of it.
    pub event: NewEvent,
}

fn not_yet() -> WriteError {
    Error::new(ErrorKind::Conflict, NOT_LOGGED_YET, "记录刚有变动，请重试。", "The record has just changed; please try again.").into()
}

impl Store {
    /// Texts of a column after row `after` (0: from the beginning), at most `limit`, by row.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn texts_after(&self, of: Texts, after: i64, limit: u32) -> Result<Vec<(i64, String)>> {
        let (table, column) = of.place();
        let sql = format!("SELECT id, {column} FROM {table} WHERE id > $1 AND {column} IS NOT NULL ORDER BY id LIMIT $2");
        self.rows_as(sql, cells![after, i64::from(limit)], |row| Ok((row.int()?, row.text()?))).await
    }

    /// All answers that are kept for repeated requests: user, key, body.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn kept_answers(&self) -> Result<Vec<(RecordId, String, String)>> {
        let sql = "SELECT user_id, key, body FROM sys_idempotency ORDER BY user_id, key";
        self.rows_as(sql, cells![], |row| Ok((RecordId(row.int()?), row.text()?, row.text()?))).await
    }

    /// Carries out changes, and takes away what the erasure names with the salts of its digests, in one transaction. All of it must be in
    /// the audit log's tree: a digest that is being made of a text while it goes would be of a text that nobody has any more.
    ///
    /// # Errors
    /// As [`Store::write`]; `conflict` (code [`NOT_LOGGED_YET`]).
    pub async fn write_erasing(
        &self,
        schema: &Arc<Schema>,
        set: Authorized<ChangeSet>,
        erasure: &Erasure,
    ) -> Result<Committed, WriteError> {
        let mut unit = fenced(unit_of(self.dialect(), schema, set.into_inner())?);
        let event = |(of, id, _): &(Texts, i64, String)| (*of == Texts::Events).then_some(*id);
        let last_change = erasure.diffs.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        let last_event = erasure.texts.iter().filter_map(event).max().unwrap_or(0);
        let logged = "UPDATE sys_audit_tree SET size = size WHERE id = 1 AND change_seq >= $1 AND event_id >= $2";
        let expect = Expect::OneChange(OnFail::Is(not_yet()));
        unit.parts.push(Part::Step(Step { expect, ..step(logged, cells![last_change, last_event]) }));
        let mut put = |sql: String, params| unit.parts.push(Part::Step(step(sql, params)));
        let salt = "DELETE FROM sys_audit_salt WHERE leaf IN (SELECT leaf FROM sys_audit_leaf WHERE source = $1 AND source_id = $2)";
        for (seq, diff) in &erasure.diffs {
            put("UPDATE sys_change SET diff = $1 WHERE seq = $2".to_owned(), cells![diff.as_str(), *seq]);
            put(salt.to_owned(), cells![0, *seq]);
        }
        for (of, id, text) in &erasure.texts {
            let (table, column) = of.place();
            put(format!("UPDATE {table} SET {column} = $1 WHERE id = $2"), cells![text.as_str(), *id]);
            if *of == Texts::Events {
                put(salt.to_owned(), cells![1, *id]);
            }
        }
        for (user, key) in &erasure.answers {
            put("DELETE FROM sys_idempotency WHERE user_id = $1 AND key = $2".to_owned(), cells![user.0, key.as_str()]);
        }
        self.submit(unit.with_event(&erasure.event)).await.map(Committed::of)
    }

    /// Writes the file of the database anew, without what was deleted or overwritten in it, and empties its log. Writers wait meanwhile. On
    /// PostgreSQL, where the server does it by itself in time, nothing happens.
    ///
    /// # Errors
    /// `no_space`: it needs as much room again; `unavailable`.
    pub async fn rewrite(&self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite(sqlite) => sqlite.rewrite().await,
            Engine::Postgres(_) => Ok(()),
        }
    }
}
