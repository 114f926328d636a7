//! Records that are shared: one by one, and by rules with a filter.

use guanxi_model::meta::Filter;
use guanxi_model::{Cell, Object, ObjectNo, RecordId, Result, Schema};
use guanxi_query::{Dialect, shares};

use super::audit::NewEvent;
use super::step;
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Row, Step, Unit, cells};

/// A record shared with a user, team, position or public group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The record.
    pub record: RecordId,
    /// With whom.
    pub with: RecordId,
    /// Whether it may be edited.
    pub edit: bool,
    /// Until when, microseconds since the epoch.
    pub expires_at: Option<i64>,
    /// The part they play, as a text.
    pub part: Option<String>,
    /// Who shared it.
    pub by: RecordId,
    /// When, microseconds since the epoch.
    pub at: i64,
}

/// The counters that say of which objects single records have ever been shared.
const EVER: &str = "shared:";

/// The counters that say of which rules all records have been found.
const APPLIED: &str = "rule:";

fn read(row: &mut Row) -> Result<Share> {
    Ok(Share {
        record: RecordId(row.int()?),
        with: RecordId(row.int()?),
        edit: row.int()? == 1,
        expires_at: row.maybe_int(),
        part: row.maybe_text(),
        by: RecordId(row.int()?),
        at: row.int()?,
    })
}

impl Store {
    /// Objects of which single records have ever been shared, in ascending order.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn shared_objects(&self) -> Result<Vec<ObjectNo>> {
        let sql = "SELECT name FROM sys_counter WHERE name >= 'shared:' AND name < 'shared;'";
        let mut found: Vec<ObjectNo> =
            self.rows_as(sql, cells![], |row| Ok(row.text()?[EVER.len()..].parse().ok())).await?.into_iter().flatten().collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Shares a record, or shares it otherwise than before. `first` says that no record of the object is known to have been shared before:
    /// then everybody has to look again what is shared with them.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn share_put(&self, share: &Share, first: bool, event: &NewEvent) -> Result<()> {
        let sql = "INSERT INTO sys_share (record_id, principal, object_no, may_edit, expires_at, part, given_by, given_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (record_id, principal) DO UPDATE SET may_edit = excluded.may_edit, \
                   expires_at = excluded.expires_at, part = excluded.part, given_by = excluded.given_by, given_at = excluded.given_at";
        let object = share.record.object();
        let edit = i64::from(share.edit);
        let part = share.part.clone().map_or(Cell::Null, Cell::Text);
        let expires = share.expires_at.map_or(Cell::Null, Cell::Int);
        let mut steps = vec![step(
            sql,
            vec![
                Cell::Int(share.record.0),
                Cell::Int(share.with.0),
                Cell::Int(i64::from(object)),
                Cell::Int(edit),
                expires,
                part,
                Cell::Int(share.by.0),
                Cell::Int(share.at),
            ],
        )];
        if first {
            let ever = "INSERT INTO sys_counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO NOTHING";
            steps.push(step(ever, cells![format!("{EVER}{object}")]));
        }
        let unit = Unit { moves: if first { Moves::Members } else { Moves::Nothing }, ..Unit::of(steps) }.with_event(event);
        self.submit(unit).await.map(drop).map_err(WriteError::into_error)
    }

    /// Ends a share.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn share_remove(&self, record: RecordId, with: RecordId, event: &NewEvent) -> Result<()> {
        let unit = Unit::of(vec![step("DELETE FROM sys_share WHERE record_id = $1 AND principal = $2", cells![record.0, with.0])]);
        self.submit(unit.with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// The shares of a record, the oldest first; those that have run out too, until they are cleaned away. Rules are not among them.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn shares_of(&self, record: RecordId) -> Result<Vec<Share>> {
        let sql = "SELECT record_id, principal, may_edit, expires_at, part, given_by, given_at FROM sys_share \
                   WHERE record_id = $1 AND principal > 0 ORDER BY given_at, principal";
        self.rows_as(sql, cells![record.0], read).await
    }

    /// The numbers of the rules that a record falls under.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn rules_of(&self, record: RecordId) -> Result<Vec<i64>> {
        let sql = "SELECT -principal FROM sys_share WHERE record_id = $1 AND principal < 0 ORDER BY principal DESC";
        self.rows_as(sql, cells![record.0], Row::int).await
    }

    /// Removes shares that have run out.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn shares_purge(&self, now: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_share WHERE expires_at <= $1", cells![now]).await
    }

    /// Whether the filters of rules can be asked together.
    ///
    /// # Errors
    /// Those of the filters.
    pub fn check_rules(&self, schema: &Schema, object: &Object, rules: &[(i64, &Filter)]) -> Result<()> {
        shares::of_ids(schema, object, rules, &[], 0, self.dialect()).map(drop)
    }

    /// Takes records with ids in this range from under a rule whose filter does not hold for them.
    ///
    /// # Errors
    /// Those of the filter; `unavailable`.
    pub async fn rule_correct(
        &self,
        schema: &Schema,
        object: &Object,
        number: i64,
        filter: &Filter,
        range: (i64, i64),
        now: i64,
    ) -> Result<u64> {
        let (sql, params) = shares::stale_of_range(schema, object, (number, filter), range, now, self.dialect())?;
        self.sys_execute(sql, params).await
    }

    /// Forgets that a rule was applied that is no more.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn rule_is_gone(&self, number: i64) -> Result<()> {
        self.sys_execute("DELETE FROM sys_counter WHERE name = $1", cells![format!("{APPLIED}{number}")]).await.map(drop)
    }

    /// Finds the records of a rule among those with ids from `from` on, before `to`, and says that they fall under it.
    ///
    /// # Errors
    /// Those of the filter; `unavailable`.
    pub async fn rule_apply(
        &self,
        schema: &Schema,
        object: &Object,
        number: i64,
        filter: &Filter,
        (from, to): (i64, i64),
        now: i64,
    ) -> Result<u64> {
        let (sql, params) = shares::of_range(schema, object, &[(number, filter)], (from, to), now, self.dialect())?;
        self.sys_execute(sql, params).await
    }

    /// The numbers of the rules whose records have all been found.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn rules_applied(&self) -> Result<Vec<i64>> {
        let sql = "SELECT name FROM sys_counter WHERE name >= 'rule:' AND name < 'rule;'";
        let found = self.rows_as(sql, cells![], |row| Ok(row.text()?[APPLIED.len()..].parse().ok())).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Notes that all records of a rule have been found.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn rule_is_applied(&self, number: i64) -> Result<()> {
        let sql = "INSERT INTO sys_counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO NOTHING";
        self.sys_execute(sql, cells![format!("{APPLIED}{number}")]).await.map(drop)
    }

    /// Removes up to `most` of a rule's rows; gives how many there were.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn rule_forget(&self, number: i64, most: u32) -> Result<u64> {
        let sql = "DELETE FROM sys_share WHERE principal = $1 AND record_id IN \
                   (SELECT record_id FROM sys_share WHERE principal = $2 ORDER BY object_no, record_id LIMIT $3)";
        self.sys_execute(sql, cells![-number, -number, i64::from(most)]).await
    }

    /// The least and the greatest id of an object's records.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn id_span(&self, object: &Object) -> Result<Option<(i64, i64)>> {
        let rows = self.rows(shares::span(object), cells![]).await?;
        Ok(match rows.cells[..] {
            [Cell::Int(least), Cell::Int(greatest)] => Some((least, greatest)),
            _ => None,
        })
    }
}

/// The statements after which the rules hold for records that have just been written.
pub(crate) fn rules_of_written(dialect: Dialect, schema: &Schema, object: &Object, ids: &[i64], now: i64) -> Result<Vec<Step>> {
    let Some(sharing) = schema.sharing.get(object.name()) else { return Ok(Vec::new()) };
    let rules: Vec<(i64, &Filter)> = sharing.conditions().map(|(rule, filter)| (rule.number, filter)).collect();
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, params) = shares::forget(ids, dialect);
    let mut steps = vec![step(sql, params)];
    let (sql, params) = shares::of_ids(schema, object, &rules, ids, now, dialect)?;
    steps.push(step(sql, params));
    Ok(steps)
}
