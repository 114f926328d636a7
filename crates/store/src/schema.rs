//! Changes of the schema at run time, and the metadata rows that say what the schema is.

use std::sync::Arc;

use guanxi_model::{Ctx, Error, Object, Result};

use crate::store::Store;
use crate::unit::cells;

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
    /// version of the schema. Callers must not run two at a time for one organisation.
    ///
    /// On PostgreSQL indexes on tables that exist are built concurrently before the metadata changes; if one fails (values that
    /// are not unique), the metadata is as before, and columns already added stay, unused.
    ///
    /// # Errors
    /// `conflict` (code `not_unique`) if a unique index meets equal values; `unavailable` if a table stays locked.
    pub async fn apply_schema(&self, ctx: &Ctx, steps: &[SchemaStep], meta: &[MetaRow]) -> Result<i64> {
        let _ = (ctx, steps, meta);
        Err(Error::internal("unwritten"))
    }

    /// The schema's version and all metadata rows, by kind and name.
    pub async fn load_meta(&self) -> Result<(i64, Vec<MetaRow>)> {
        let version = self.rows_as("SELECT value FROM sys_counter WHERE name = 'schema'", Vec::new(), |row| row.int()).await?;
        let rows = self
            .rows_as("SELECT kind, name, body FROM sys_meta ORDER BY kind, name", cells![], |row| {
                Ok(MetaRow { kind: row.text()?, name: row.text()?, body: row.maybe_text() })
            })
            .await?;
        Ok((version.first().copied().unwrap_or(0), rows))
    }
}
