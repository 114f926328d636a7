//! How far each reader of the change log has come.

use guanxi_model::Result;

use crate::store::Store;
use crate::unit::cells;

impl Store {
    /// The last place in the change log that a reader has dealt with; 0 if it never ran.
    pub async fn cursor(&self, name: &str) -> Result<i64> {
        let found = self.rows_as("SELECT seq FROM sys_cursor WHERE name = $1", cells![name], |row| row.int()).await?;
        Ok(found.first().copied().unwrap_or(0))
    }

    /// Records how far a reader has come.
    pub async fn cursor_set(&self, name: &str, seq: i64) -> Result<()> {
        let sql = "INSERT INTO sys_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq";
        self.sys_execute(sql, cells![name, seq]).await.map(|_| ())
    }
}
