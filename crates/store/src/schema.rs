//! Changes of the schema at run time, and the metadata rows that say what the schema is.

use std::sync::Arc;

use guanxi_model::change::Op;
use guanxi_model::{Ctx, Error, ErrorKind, Object, Result, Schema};

use crate::ddl::Work;
use crate::error::WriteError;
use crate::store::{Engine, Store};
use crate::sys::step;
use crate::unit::{Expect, LogRow, OnFail, Step, Unit, cells};

/// A change of tables.
#[derive(Clone, Debug)]
pub enum SchemaStep {
    /// Makes the object's table with its columns and indexes.
    CreateTable(Arc<Object>),
    /// Adds the columns of a field to the object's table. The object is the one with the field.
    AddColumns(Arc<Object>, String),
    /// Makes the indexes that a field asks for (unique, external key, indexed, lookup) or that its object lists with the field in
    /// them; those that exist are left alone.
    CreateIndexes(Arc<Object>, String),
    /// Drops the indexes that belong to a field alone (it is no longer unique or indexed, or it goes).
    DropIndexes(Arc<Object>, String),
    /// Makes the indexes of the second definition that are not there, and drops those that only the first one has.
    ChangeIndexes(Arc<Object>, Arc<Object>),
    /// Drops the table of an object with all its records.
    DropTable(String),
}

/// A piece of metadata as stored: the JSON form of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaRow {
    /// What it is: `object`, `picklist`, `pipeline`, `layout`, `view`, `role` …
    pub kind: String,
    /// Its name, unique in its kind.
    pub name: String,
    /// JSON; `None` deletes it. Always `Some` when loaded.
    pub body: Option<String>,
}

impl Store {
    /// Changes tables and metadata together and appends one entry to the change log (object 0, operation update). Returns the new
    /// version of the schema. `version` is the one that the caller has seen; if it is no longer that, nothing happens.
    ///
    /// Nobody else is held up for long, however large a table is: on PostgreSQL indexes on tables that exist are built concurrently
    /// before the metadata changes (if one fails, for values that are not unique, the metadata is as before, and columns already
    /// added stay, unused); on SQLite in slices (`sqlite/tables.rs`).
    ///
    /// # Errors
    /// `conflict` (code `not_unique`) if a unique index meets equal values, (code [`SCHEMA_CHANGED`]) if somebody else changed the
    /// schema at the same time; `unavailable` if a table stays locked.
    pub async fn apply_schema_at(&self, ctx: &Ctx, version: i64, steps: &[SchemaStep], meta: &[MetaRow]) -> Result<i64> {
        let _alone = self.schema_change().lock().await;
        let work = Work::of(steps)?;
        // The version that is expected below says that it is still so.
        let (_, before) = self.load_meta().await?;
        let unit = meta_unit(ctx, version, &before, meta);
        if let Some(postgres) = self.postgres() {
            let turn = postgres.turn().await?;
            self.expect_version(version).await?;
            postgres.build(&turn, &work).await?;
            self.submit(unit).await.map_err(refused)?;
            postgres.clear(&turn, &work).await?;
        } else if let Engine::Sqlite(sqlite) = self.engine() {
            self.expect_version(version).await?;
            sqlite.change(&work, unit).await.map_err(refused)?;
        }
        Ok(version + 1)
    }

    /// The same, whatever the version is: where nobody else can change the schema.
    ///
    /// # Errors
    /// As [`Store::apply_schema_at`].
    pub async fn apply_schema(&self, ctx: &Ctx, steps: &[SchemaStep], meta: &[MetaRow]) -> Result<i64> {
        self.apply_schema_at(ctx, self.schema_version().await?, steps, meta).await
    }

    /// To be called now and then: brings the statistics of SQLite's query planner up to date where tables have grown (PostgreSQL does it by
    /// itself); on PostgreSQL drops the indexes that a change of the schema left behind because its process died: a unique one would go on
    /// refusing values. On SQLite a change is one transaction. Nothing is dropped if `schema` is not what the organisation has by now.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn maintain(&self, schema: &Schema) -> Result<()> {
        let postgres = match self.engine() {
            Engine::Sqlite(sqlite) => {
                let pragma = |sql: String| Step { expect: Expect::Rows, ..step(sql, Vec::new()) };
                // It looks at pages that nobody may need again: not through the file's mapping, which would keep them in the process.
                let mapping = |bytes| pragma(format!("PRAGMA mmap_size = {bytes}"));
                let look = ["PRAGMA analysis_limit = 1000", "PRAGMA optimize = 0x10002"].map(|sql| pragma(sql.to_owned()));
                let steps = [mapping(0)].into_iter().chain(look).chain([mapping(sqlite.mmap_bytes())]).collect();
                let done = self.submit(Unit::of(steps)).await;
                if done.is_err() {
                    self.submit(Unit::of(vec![mapping(sqlite.mmap_bytes())])).await.map_err(WriteError::into_error)?;
                }
                return done.map(drop).map_err(WriteError::into_error);
            }
            Engine::Postgres(postgres) => postgres,
        };
        let _alone = self.schema_change().lock().await;
        let turn = postgres.turn().await?;
        if self.schema_version().await? == schema.version {
            postgres.sweep(&turn, schema).await?;
        }
        Ok(())
    }

    async fn expect_version(&self, version: i64) -> Result<()> {
        if self.schema_version().await? == version { Ok(()) } else { Err(refused(WriteError::IdempotencyKey)) }
    }

    /// The schema's version and all metadata rows, by kind and name.
    pub async fn load_meta(&self) -> Result<(i64, Vec<MetaRow>)> {
        let version = self.schema_version().await?;
        let rows = self
            .rows_as("SELECT kind, name, body FROM sys_meta ORDER BY kind, name", cells![], |row| {
                Ok(MetaRow { kind: row.text()?, name: row.text()?, body: row.maybe_text() })
            })
            .await?;
        Ok((version, rows))
    }

    /// The version of the metadata.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn schema_version(&self) -> Result<i64> {
        let found = self.rows("SELECT value FROM sys_counter WHERE name = 'schema'", Vec::new()).await?;
        Ok(found.first_int().unwrap_or(0))
    }
}

/// The code of the error that somebody else changed the schema at the same time.
pub const SCHEMA_CHANGED: &str = "schema_changed";

/// Stands for "a statement of a schema change" where a unique violation names a change.
pub(crate) const INDEX: usize = usize::MAX;

fn refused(error: WriteError) -> Error {
    match error {
        WriteError::Duplicate { column, .. } => not_unique(&column),
        // Stands for "the version is another one": a schema change has no idempotency key of its own.
        WriteError::IdempotencyKey => Error::new(
            ErrorKind::Conflict,
            SCHEMA_CHANGED,
            "同一时间有人修改了数据结构，请重试。",
            "Someone else changed the schema at the same time; please try again.",
        ),
        other => other.into_error(),
    }
}

/// A unique index meets equal values.
pub(crate) fn not_unique(column: &str) -> Error {
    Error::new(
        ErrorKind::Conflict,
        "not_unique",
        format!("字段“{column}”中已有重复的值，不能设为唯一。"),
        format!("The field “{column}” has equal values already; it cannot be made unique."),
    )
}

/// Definitions whose earlier and later states the log keeps; of objects it says that they changed.
const LOGGED: [&str; 6] = ["role", "sharing", "settings", "layout", "picklist", "pipeline"];

/// The metadata rows, the version and the log entry of a schema change.
fn meta_unit(ctx: &Ctx, version: i64, before: &[MetaRow], meta: &[MetaRow]) -> Unit {
    let put = "INSERT INTO sys_meta (kind, name, body) VALUES ($1, $2, $3) ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body";
    let bump = "UPDATE sys_counter SET value = value + 1 WHERE name = 'schema' AND value = $1";
    let expect = Expect::OneChange(OnFail::Is(WriteError::IdempotencyKey));
    let rows = meta.iter().map(|row| match &row.body {
        Some(body) => step(put, cells![row.kind.as_str(), row.name.as_str(), body.as_str()]),
        None => step("DELETE FROM sys_meta WHERE kind = $1 AND name = $2", cells![row.kind.as_str(), row.name.as_str()]),
    });
    // First, so that no other step runs in vain.
    let steps: Vec<Step> = std::iter::once(Step { expect, ..step(bump, cells![version]) }).chain(rows).collect();
    let changed: Vec<String> = meta.iter().map(|row| format!("{}/{}", row.kind, row.name)).collect();
    let parsed = |body: Option<&str>| body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or(serde_json::Value::Null);
    let old = |row: &MetaRow| before.iter().find(|b| (&b.kind, &b.name) == (&row.kind, &row.name)).and_then(|b| b.body.as_deref());
    let definitions: serde_json::Map<String, serde_json::Value> = meta
        .iter()
        .filter(|row| LOGGED.contains(&row.kind.as_str()) && version > 0)
        .map(|row| (format!("{}/{}", row.kind, row.name), serde_json::json!([parsed(old(row)), parsed(row.body.as_deref())])))
        .filter(|(_, pair)| pair[0] != pair[1])
        .collect();
    let mut diff = serde_json::json!({ "meta": changed });
    if !definitions.is_empty() {
        diff["definitions"] = definitions.into();
    }
    let log = LogRow {
        change_set: 0,
        at: ctx.now_us,
        user: ctx.user.0,
        door: ctx.door.name(),
        op: Op::Update.code(),
        object: 0,
        record: 0,
        version: version + 1,
        diff: diff.to_string(),
    };
    Unit { log: vec![log], ..Unit::of(steps) }
}
