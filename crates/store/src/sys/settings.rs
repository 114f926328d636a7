//! Settings of the organisation and of each user: key → JSON.

use guanxi_model::{RecordId, Result};

use super::{NewEvent, step};
use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Row, Unit, cells};

fn pair(row: &mut Row) -> Result<(String, String)> {
    Ok((row.text()?, row.text()?))
}

impl Store {
    /// All settings of the organisation, by key: (key, JSON).
    pub async fn settings(&self) -> Result<Vec<(String, String)>> {
        self.rows_as("SELECT key, body FROM sys_setting ORDER BY key", cells![], pair).await
    }

    /// A setting of the organisation, JSON.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        self.rows_as("SELECT body FROM sys_setting WHERE key = $1", cells![key], Row::text).await.map(|mut found| found.pop())
    }

    /// Sets a setting of the organisation to a JSON text; `None` takes it away.
    pub async fn setting_set(&self, key: &str, body: Option<&str>) -> Result<()> {
        let put = "INSERT INTO sys_setting (key, body) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET body = excluded.body";
        match body {
            Some(body) => self.sys_execute(put, cells![key, body]).await.map(|_| ()),
            None => self.sys_execute("DELETE FROM sys_setting WHERE key = $1", cells![key]).await.map(|_| ()),
        }
    }

    /// Sets a setting of the organisation, or takes it away, and says so in the audit log.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn setting_set_noted(&self, key: &str, body: Option<&str>, event: &NewEvent) -> Result<()> {
        let put = "INSERT INTO sys_setting (key, body) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET body = excluded.body";
        let step = match body {
            Some(body) => step(put, cells![key, body]),
            None => step("DELETE FROM sys_setting WHERE key = $1", cells![key]),
        };
        self.submit(Unit::of(vec![step]).with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// All settings of a user, by key: (key, JSON).
    pub async fn user_settings(&self, user: RecordId) -> Result<Vec<(String, String)>> {
        self.rows_as("SELECT key, body FROM sys_user_setting WHERE user_id = $1 ORDER BY key", cells![user.0], pair).await
    }

    /// Sets a setting of a user to a JSON text; `None` takes it away.
    pub async fn user_setting_set(&self, user: RecordId, key: &str, body: Option<&str>) -> Result<()> {
        let put = "INSERT INTO sys_user_setting (user_id, key, body) VALUES ($1, $2, $3) \
                   ON CONFLICT (user_id, key) DO UPDATE SET body = excluded.body";
        let delete = "DELETE FROM sys_user_setting WHERE user_id = $1 AND key = $2";
        match body {
            Some(body) => self.sys_execute(put, cells![user.0, key, body]).await.map(|_| ()),
            None => self.sys_execute(delete, cells![user.0, key]).await.map(|_| ()),
        }
    }
}
