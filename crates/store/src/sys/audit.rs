//! The audit log: events that are no changes of records, and what is kept of the tree over changes and events.

use guanxi_model::{Cell, Error, ErrorKind, ObjectNo, RecordId, Result};

use super::step;
use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Row, Step, Unit, cells};

/// An event that is no change of a record: a sign-in, an export …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// When, microseconds since the epoch.
    pub at: i64,
    /// Who; `RecordId(0)` where nobody is known.
    pub user: RecordId,
    /// By which door, as [`guanxi_model::Door::name`].
    pub door: &'static str,
    /// What: `sign_in`, `export` …
    pub kind: &'static str,
    /// The object it is about; 0 for none.
    pub object: ObjectNo,
    /// The record it is about; `RecordId(0)` for none.
    pub record: RecordId,
    /// What is to be said beside that, JSON.
    pub body: String,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// 1, 2, 3 … without gaps, in the order of the commits.
    pub id: i64,
    /// When, microseconds since the epoch.
    pub at: i64,
    /// Who; `RecordId(0)` where nobody is known.
    pub user: RecordId,
    /// By which door.
    pub door: String,
    /// What.
    pub kind: String,
    /// The object it is about; 0 for none.
    pub object: ObjectNo,
    /// The record it is about; `RecordId(0)` for none.
    pub record: RecordId,
    /// What is to be said beside that, JSON.
    pub body: String,
}

/// How far the tree has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditTree {
    /// Its leaves.
    pub size: i64,
    /// The last place in the change log that is in it.
    pub change_seq: i64,
    /// The last event that is in it.
    pub event_id: i64,
    /// The public key of the last checkpoint, in the form of signed notes.
    pub verifier: Option<String>,
    /// The last signed checkpoint.
    pub checkpoint: Option<String>,
}

/// What a leaf is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A change, by its place in the change log.
    Change(i64),
    /// An event, by its id.
    Event(i64),
}

impl Source {
    fn parts(self) -> (i64, i64) {
        match self {
            Source::Change(seq) => (0, seq),
            Source::Event(id) => (1, id),
        }
    }
}

/// A leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its place: 0, 1, 2 …
    pub index: i64,
    /// What it is about.
    pub source: Source,
    /// When that was.
    pub at: i64,
    /// Who did it.
    pub user: RecordId,
    /// The object; 0 for none.
    pub object: ObjectNo,
    /// The operation or the kind of the event.
    pub kind: String,
    /// What the tree's hash is of.
    pub entry: String,
    /// The salt of the digest of the text outside; `None` once it was taken away.
    pub salt: Option<String>,
}

/// A leaf with what its source says now.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafNow {
    /// The leaf.
    pub leaf: Leaf,
    /// Its source; `None` if it is gone.
    pub now: Option<SourceNow>,
}

/// A change or an event as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNow {
    /// When.
    pub at: i64,
    /// Who.
    pub user: RecordId,
    /// By which door.
    pub door: String,
    /// The code of the operation of a change.
    pub op: Option<i64>,
    /// The kind of an event.
    pub kind: Option<String>,
    /// The record.
    pub record: RecordId,
    /// The record's version after a change; 0 for an event.
    pub version: i64,
    /// The change set; 0 for an event.
    pub change_set: i64,
    /// The text outside: the change's diff, the event's body.
    pub text: String,
}

/// What is added to the tree at once.
#[derive(Clone, Debug, Default)]
pub struct AuditBatch {
    /// How many leaves the tree must have.
    pub before: i64,
    /// The last place in the change log that is in the tree afterwards.
    pub change_seq: i64,
    /// The last event that is in the tree afterwards.
    pub event_id: i64,
    /// New leaves, with their salts.
    pub leaves: Vec<Leaf>,
    /// Tiles that are new or have grown: level, number, hashes.
    pub tiles: Vec<(i64, i64, String)>,
}

/// Which leaves; those absent do not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeafFilter {
    /// By this user.
    pub user: Option<RecordId>,
    /// About this object.
    pub object: Option<ObjectNo>,
    /// About this record.
    pub record: Option<RecordId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Not before this time.
    pub from: Option<i64>,
    /// Before this time.
    pub to: Option<i64>,
    /// Older than this leaf: its time and place.
    pub before: Option<(i64, i64)>,
}

const COLUMNS: &str = "SELECT l.leaf, l.source, l.source_id, l.at, l.user_id, l.object_no, l.kind, l.entry, s.salt, \
                      COALESCE(c.at, e.at), COALESCE(c.user_id, e.user_id), COALESCE(c.door, e.door), c.op, \
                      COALESCE(c.record_id, e.record_id), COALESCE(c.version, 0), COALESCE(c.change_set, 0), COALESCE(c.diff, e.body), e.kind \
                      FROM";

const SOURCES: &str = "LEFT JOIN sys_audit_salt s ON s.leaf = l.leaf \
                       LEFT JOIN sys_change c ON l.source = 0 AND c.seq = l.source_id \
                      LEFT JOIN sys_audit_event e ON l.source = 1 AND e.id = l.source_id";

/// Leaves in one statement; few sizes, so that few statements are prepared.
const ROWS: [usize; 3] = [64, 8, 1];

/// The step that stores an event. Its number is the next one: a unit with it takes its turn in the order of the change log.
fn event(new: &NewEvent) -> Step {
    let sql = "INSERT INTO sys_audit_event (id, at, user_id, door, kind, object_no, record_id, body) \
               SELECT COALESCE(MAX(id), 0) + 1, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), \
               CAST($5 AS INTEGER), CAST($6 AS BIGINT), CAST($7 AS TEXT) FROM sys_audit_event";
    step(sql, cells![new.at, new.user.0, new.door, new.kind, i64::from(new.object), new.record.0, new.body.as_str()])
}

impl Unit {
    /// The same unit with an event of the audit log.
    pub(crate) fn with_event(mut self, new: &NewEvent) -> Unit {
        self.parts.push(crate::unit::Part::Step(event(new)));
        self.events = true;
        self
    }
}

/// The event of a session that its own user ends, where there is such a session.
pub(super) fn sign_out_event(token_hash: &str, at: i64, door: &str) -> Step {
    let sql = "INSERT INTO sys_audit_event (id, at, user_id, door, kind, object_no, record_id, body) \
               SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM sys_audit_event), CAST($1 AS BIGINT), user_id, CAST($2 AS TEXT), 'sign_out', \
               0, 0, '{}' FROM sys_session WHERE token_hash = $3";
    step(sql, cells![at, door, token_hash])
}

fn moved() -> WriteError {
    Error::new(ErrorKind::Conflict, "audit_moved", "审计日志已由其他进程更新。", "Another process has written the audit log.").into()
}

fn as_moved(done: Result<crate::unit::Done, WriteError>) -> Result<bool> {
    match done {
        Ok(_) => Ok(true),
        Err(WriteError::Other(error)) if error.code == "audit_moved" => Ok(false),
        Err(error) => Err(error.into_error()),
    }
}

fn only_if(sql: &'static str, params: Vec<Cell>) -> Step {
    Step { expect: Expect::OneChange(OnFail::Is(moved())), ..step(sql, params) }
}

/// Inserts rows of `width` cells, many in one statement.
fn insert(table: &str, columns: &str, width: usize, cells: &[Cell], steps: &mut Vec<Step>) {
    let mut rest = cells;
    for rows in ROWS {
        if rest.len() < rows * width {
            continue;
        }
        let row = |r: usize| format!("({})", (1..=width).map(|c| format!("${}", r * width + c)).collect::<Vec<_>>().join(", "));
        let values = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        let sql = crate::unit::SqlText::from(format!("INSERT INTO {table} ({columns}) VALUES {values}"));
        while rest.len() >= rows * width {
            let (these, after) = rest.split_at(rows * width);
            steps.push(step(sql.clone(), these.to_vec()));
            rest = after;
        }
    }
}

impl Store {
    /// Stores an event of the audit log.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn audit_record(&self, new: &NewEvent) -> Result<()> {
        self.submit(Unit::default().with_event(new)).await.map(drop).map_err(WriteError::into_error)
    }

    /// Events after `after` (0: from the beginning), oldest first, at most `limit`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_events_after(&self, after: i64, limit: u32) -> Result<Vec<AuditEvent>> {
        let sql = "SELECT id, at, user_id, door, kind, object_no, record_id, body FROM sys_audit_event WHERE id > $1 ORDER BY id LIMIT $2";
        self.rows_as(sql, cells![after, i64::from(limit)], |row| {
            Ok(AuditEvent {
                id: row.int()?,
                at: row.int()?,
                user: RecordId(row.int()?),
                door: row.text()?,
                kind: row.text()?,
                object: ObjectNo::try_from(row.int()?).map_err(Error::internal)?,
                record: RecordId(row.int()?),
                body: row.text()?,
            })
        })
        .await
    }

    /// How far the tree has come.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_tree(&self) -> Result<AuditTree> {
        let sql = "SELECT size, change_seq, event_id, verifier, checkpoint FROM sys_audit_tree WHERE id = 1";
        let found = self.rows_as(sql, cells![], |row| {
            Ok(AuditTree {
                size: row.int()?,
                change_seq: row.int()?,
                event_id: row.int()?,
                verifier: row.maybe_text(),
                checkpoint: row.maybe_text(),
            })
        });
        found.await?.pop().ok_or_else(|| Error::internal("the audit log has no tree"))
    }

    /// Adds leaves and tiles and moves the cursors, all in one transaction, if the tree still has the size it was read with; says
    /// whether it had.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn audit_append(&self, batch: &AuditBatch) -> Result<bool> {
        let size = batch.before + batch.leaves.len() as i64;
        let on = "UPDATE sys_audit_tree SET size = $1, change_seq = $2, event_id = $3 WHERE id = 1 AND size = $4";
        let mut steps = vec![only_if(on, cells![size, batch.change_seq, batch.event_id, batch.before])];
        let (mut leaves, mut salts) = (Vec::with_capacity(batch.leaves.len() * 8), Vec::with_capacity(batch.leaves.len() * 2));
        for leaf in &batch.leaves {
            let (source, id) = leaf.source.parts();
            leaves.extend(cells![leaf.index, source, id, leaf.at, leaf.user.0, i64::from(leaf.object)]);
            leaves.extend(cells![leaf.kind.as_str(), leaf.entry.as_str()]);
            if let Some(salt) = &leaf.salt {
                salts.extend(cells![leaf.index, salt.as_str()]);
            }
        }
        insert("sys_audit_leaf", "leaf, source, source_id, at, user_id, object_no, kind, entry", 8, &leaves, &mut steps);
        insert("sys_audit_salt", "leaf, salt", 2, &salts, &mut steps);
        let put = "INSERT INTO sys_audit_tile (level, n, hashes) VALUES ($1, $2, $3) \
                   ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes";
        for (level, n, hashes) in &batch.tiles {
            steps.push(step(put, cells![*level, *n, hashes.as_str()]));
        }
        as_moved(self.submit(Unit::of(steps)).await)
    }

    /// Puts a newly signed checkpoint in the place of the one that was read; says whether that was still there.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn audit_sign(&self, before: Option<&str>, verifier: &str, checkpoint: &str) -> Result<bool> {
        let sql = "UPDATE sys_audit_tree SET verifier = $1, checkpoint = $2 WHERE id = 1 AND COALESCE(checkpoint, '') = $3";
        as_moved(self.submit(Unit::of(vec![only_if(sql, cells![verifier, checkpoint, before.unwrap_or_default()])])).await)
    }

    /// Takes the signed checkpoint and its key away, so that another key can begin, and says so in the log.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn audit_forget_key(&self, new: &NewEvent) -> Result<()> {
        let forget = step("UPDATE sys_audit_tree SET verifier = NULL, checkpoint = NULL WHERE id = 1", cells![]);
        self.submit(Unit::of(vec![forget]).with_event(new)).await.map(drop).map_err(WriteError::into_error)
    }

    /// The hashes of a tile as they were stored.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_tile(&self, level: i64, n: i64) -> Result<Option<String>> {
        let sql = "SELECT hashes FROM sys_audit_tile WHERE level = $1 AND n = $2";
        self.rows_as(sql, cells![level, n], Row::text).await.map(|mut found| found.pop())
    }

    /// The entries of leaves from `first` on, at most `limit`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_entries(&self, first: i64, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT entry FROM sys_audit_leaf WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf";
        self.rows_as(sql, cells![first, first + i64::from(limit)], Row::text).await
    }

    /// Leaves from `first` on with what their sources say now, at most `limit`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_leaves(&self, first: i64, limit: u32) -> Result<Vec<LeafNow>> {
        let sql = format!("{COLUMNS} sys_audit_leaf l {SOURCES} WHERE l.leaf >= $1 AND l.leaf < $2 ORDER BY l.leaf");
        self.rows_as(sql, cells![first, first + i64::from(limit)], leaf_now).await
    }

    /// Leaves that satisfy a filter, the latest first, at most `limit`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_find(&self, filter: &LeafFilter, limit: u32) -> Result<Vec<LeafNow>> {
        let (from, wanted, mut params) = wanted(filter);
        params.push(i64::from(limit).into());
        let sql = format!("{COLUMNS} {from} {SOURCES}{wanted} ORDER BY l.at DESC, l.leaf DESC LIMIT ${}", params.len());
        self.rows_as(sql, params, leaf_now).await
    }

    /// How many leaves satisfy a filter, counted up to `most`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn audit_count(&self, filter: &LeafFilter, most: u32) -> Result<i64> {
        let (from, wanted, mut params) = wanted(filter);
        params.push(i64::from(most).into());
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from}{wanted} LIMIT ${}) AS found", params.len());
        self.rows_as(sql, params, Row::int).await.map(|mut found| found.pop().unwrap_or(0))
    }
}

/// The leaves of a record: found by its change log and events, whatever else is asked. `CROSS JOIN` keeps SQLite to this order: without
/// statistics it would read all leaves of a kind first.
const OF_RECORD: &str = "(SELECT lc.leaf FROM sys_change rc CROSS JOIN sys_audit_leaf lc WHERE rc.record_id = $1 AND lc.source = 0 AND lc.source_id = rc.seq \
                         UNION ALL SELECT le.leaf FROM sys_audit_event re CROSS JOIN sys_audit_leaf le WHERE re.record_id = $2 AND re.record_id <> 0 \
                         AND le.source = 1 AND le.source_id = re.id) f CROSS JOIN sys_audit_leaf l";

/// What a filter reads from, its condition, its parameters. For each member and each pair of user, object and kind there is an index in the
/// order of the list; the entries of a record are few.
fn wanted(filter: &LeafFilter) -> (&'static str, String, Vec<Cell>) {
    let (mut from, mut conditions, mut params) = ("sys_audit_leaf l", Vec::new(), Vec::new());
    if let Some(record) = filter.record {
        from = OF_RECORD;
        params.extend(cells![record.0, record.0]);
        conditions.push("l.leaf = f.leaf".to_owned());
    }
    let mut put = |condition: &str, values: Vec<Cell>| {
        let mut condition = condition.to_owned();
        for value in values {
            params.push(value);
            condition = condition.replacen('?', &format!("${}", params.len()), 1);
        }
        conditions.push(condition);
    };
    if let Some(user) = filter.user {
        put("l.user_id = ?", cells![user.0]);
    }
    if let Some(object) = filter.object {
        put("l.object_no = ?", cells![i64::from(object)]);
    }
    if let Some(kind) = &filter.kind {
        put("l.kind = ?", cells![kind.as_str()]);
    }
    if let Some(from) = filter.from {
        put("l.at >= ?", cells![from]);
    }
    if let Some(to) = filter.to {
        put("l.at < ?", cells![to]);
    }
    if let Some((at, leaf)) = filter.before {
        put("(l.at, l.leaf) < (?, ?)", cells![at, leaf]);
    }
    let wanted = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    (from, wanted, params)
}

fn leaf_now(row: &mut Row) -> Result<LeafNow> {
    let (index, source, id) = (row.int()?, row.int()?, row.int()?);
    let leaf = Leaf {
        index,
        source: if source == 0 { Source::Change(id) } else { Source::Event(id) },
        at: row.int()?,
        user: RecordId(row.int()?),
        object: ObjectNo::try_from(row.int()?).map_err(Error::internal)?,
        kind: row.text()?,
        entry: row.text()?,
        salt: row.maybe_text(),
    };
    let (at, user, door, op) = (row.maybe_int(), row.maybe_int(), row.maybe_text(), row.maybe_int());
    let (record, version, change_set) = (row.maybe_int(), row.int()?, row.int()?);
    let (text, kind) = (row.maybe_text(), row.maybe_text());
    let now = match (at, user, door, record, text) {
        (Some(at), Some(user), Some(door), Some(record), Some(text)) => {
            Some(SourceNow { at, user: RecordId(user), door, op, kind, record: RecordId(record), version, change_set, text })
        }
        _ => None,
    };
    Ok(LeafNow { leaf, now })
}
