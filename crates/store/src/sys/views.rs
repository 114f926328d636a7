//! Views that users saved.

use guanxi_model::{RecordId, Result};

use crate::store::Store;
use crate::unit::{Row, cells};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its id, from the counter `view`.
    pub id: i64,
    /// API name of the object.
    pub object: String,
    /// Whose it is.
    pub owner: RecordId,
    /// Whether everybody sees it.
    pub shared: bool,
    /// JSON.
    pub body: String,
}

fn read(row: &mut Row) -> Result<SavedView> {
    Ok(SavedView { id: row.int()?, object: row.text()?, owner: RecordId(row.int()?), shared: row.bool(), body: row.text()? })
}

impl Store {
    /// Adds a view, or replaces the one with the same id.
    pub async fn view_put(&self, v: &SavedView) -> Result<()> {
        let sql = "INSERT INTO sys_view (id, object, owner_id, shared, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE \
                   SET object = excluded.object, owner_id = excluded.owner_id, shared = excluded.shared, body = excluded.body";
        let params = cells![v.id, v.object.as_str(), v.owner.0, v.shared, v.body.as_str()];
        self.sys_execute(sql, params).await.map(|_| ())
    }

    /// A view by id, whoever owns it: the caller checks.
    pub async fn view(&self, id: i64) -> Result<Option<SavedView>> {
        let sql = "SELECT id, object, owner_id, shared, body FROM sys_view WHERE id = $1";
        self.rows_as(sql, cells![id], read).await.map(|mut found| found.pop())
    }

    /// The views of an object that a user sees: the shared ones and the user's own, oldest first.
    pub async fn views(&self, object: &str, user: RecordId) -> Result<Vec<SavedView>> {
        let sql =
            "SELECT id, object, owner_id, shared, body FROM sys_view WHERE object = $1 AND (shared = $2 OR owner_id = $3) ORDER BY id";
        self.rows_as(sql, cells![object, true, user.0], read).await
    }

    /// Deletes a view; says whether there was one.
    pub async fn view_delete(&self, id: i64) -> Result<bool> {
        self.sys_execute("DELETE FROM sys_view WHERE id = $1", cells![id]).await.map(|count| count > 0)
    }
}
