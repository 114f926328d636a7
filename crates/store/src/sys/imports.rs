//! Imports: what was uploaded and how it is to be read, as JSON that the engine understands.

use guanxi_model::{RecordId, Result};

use crate::store::Store;
use crate::unit::{Row, cells};

/// An import as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its id, from the counter `import`.
    pub id: i64,
    /// JSON.
    pub body: String,
    /// When it was made, microseconds since the epoch.
    pub created_at: i64,
    /// Who made it.
    pub user: RecordId,
}

fn read(row: &mut Row) -> Result<ImportRow> {
    Ok(ImportRow { id: row.int()?, body: row.text()?, created_at: row.int()?, user: RecordId(row.int()?) })
}

impl Store {
    /// Adds an import, or replaces the body of the one with the same id.
    pub async fn import_put(&self, import: &ImportRow) -> Result<()> {
        let sql = "INSERT INTO sys_import (id, body, created_at, user_id) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET body = excluded.body";
        self.sys_execute(sql, cells![import.id, import.body.as_str(), import.created_at, import.user.0]).await.map(|_| ())
    }

    /// An import by id.
    pub async fn import(&self, id: i64) -> Result<Option<ImportRow>> {
        let sql = "SELECT id, body, created_at, user_id FROM sys_import WHERE id = $1";
        self.rows_as(sql, cells![id], read).await.map(|mut found| found.pop())
    }

    /// Imports with ids below `before` (`None`: all), newest first, at most `limit`.
    pub async fn imports(&self, before: Option<i64>, limit: u32) -> Result<Vec<ImportRow>> {
        let sql = "SELECT id, body, created_at, user_id FROM sys_import WHERE id < $1 ORDER BY id DESC LIMIT $2";
        self.rows_as(sql, cells![before.unwrap_or(i64::MAX), i64::from(limit)], read).await
    }
}
