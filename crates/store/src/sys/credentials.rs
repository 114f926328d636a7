//! Password hashes of users.

use guanxi_model::{RecordId, Result};

use super::audit::NewEvent;
use super::step;
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Unit, cells};

pub(super) const SET: &str = "INSERT INTO sys_credential (user_id, password_hash, changed_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at";

/// A user's password, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// In PHC string form.
    pub password_hash: String,
    /// When it was set, microseconds since the epoch.
    pub changed_at: i64,
}

impl Store {
    /// Sets the first password hash (PHC string form) of a user, with the event of it.
    pub async fn credential_set(&self, user: RecordId, password_hash: &str, event: &NewEvent) -> Result<()> {
        let set = step(SET, cells![user.0, password_hash, self.now()]);
        self.submit(Unit::of(vec![set]).with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// Sets a user's password hash and ends the user's sessions, except perhaps one, in one transaction with the event
    /// of it.
    ///
    /// # Errors
    /// `unavailable`, `no_space`: neither has happened.
    pub async fn password_change(
        &self,
        user: RecordId,
        password_hash: &str,
        except_token_hash: Option<&str>,
        event: &NewEvent,
    ) -> Result<()> {
        let set = step(SET, cells![user.0, password_hash, self.now()]);
        let end = step(super::sessions::END_OF_USER, cells![user.0, except_token_hash.unwrap_or("")]);
        let unit = Unit { moves: Moves::People, ..Unit::of(vec![set, end]).with_event(event) };
        self.submit(unit).await.map(drop).map_err(WriteError::into_error)
    }

    /// A user's password hash; `None` if the user has no password.
    pub async fn credential(&self, user: RecordId) -> Result<Option<Credential>> {
        let sql = "SELECT password_hash, changed_at FROM sys_credential WHERE user_id = $1";
        let found = self.rows_as(sql, cells![user.0], |row| Ok(Credential { password_hash: row.text()?, changed_at: row.int()? }));
        found.await.map(|mut found| found.pop())
    }

    /// Takes a user's password away.
    pub async fn credential_delete(&self, user: RecordId) -> Result<()> {
        self.sys_execute("DELETE FROM sys_credential WHERE user_id = $1", cells![user.0]).await.map(|_| ())
    }
}
