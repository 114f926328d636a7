//! Sign-in sessions. The token itself is never stored, only its hash.

use guanxi_model::{Cell, RecordId, Result};

use super::step;
use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Row, Unit, cells};

/// Ends the sessions of a user but one.
pub(super) const END_OF_USER: &str = "DELETE FROM sys_session WHERE user_id = $1 AND token_hash <> $2";

/// A signed-in session. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// The user.
    pub user: RecordId,
    /// When it began.
    pub created_at: i64,
    /// When it was last used (as far as it was recorded).
    pub seen_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// What the client calls itself.
    pub client: String,
}

fn read(row: &mut Row) -> Result<Session> {
    Ok(Session {
        token_hash: row.text()?,
        user: RecordId(row.int()?),
        created_at: row.int()?,
        seen_at: row.int()?,
        expires_at: row.int()?,
        client: row.text()?,
    })
}

impl Store {
    /// Adds a session of a user who has just proved to know the password of this hash; says whether it is still the user's password.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_begin(&self, s: &Session, password_hash: &str) -> Result<bool> {
        let sql = "INSERT INTO sys_session (token_hash, user_id, created_at, seen_at, expires_at, client) \
                   SELECT CAST($1 AS TEXT), user_id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT) \
                   FROM sys_credential WHERE user_id = $6 AND password_hash = $7";
        let params = cells![s.token_hash.as_str(), s.created_at, s.seen_at, s.expires_at, s.client.as_str(), s.user.0, password_hash];
        self.sys_execute(sql, params).await.map(|count| count > 0)
    }

    /// The session of a token's hash, whether it has ended or not.
    pub async fn session_find(&self, token_hash: &str) -> Result<Option<Session>> {
        let sql = "SELECT token_hash, user_id, created_at, seen_at, expires_at, client FROM sys_session WHERE token_hash = $1";
        self.rows_as(sql, cells![token_hash], read).await.map(|mut found| found.pop())
    }

    /// Records that a session was used, and until when it lasts now.
    pub async fn session_touch(&self, token_hash: &str, seen_at: i64, expires_at: i64) -> Result<()> {
        let sql = "UPDATE sys_session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3";
        self.sys_execute(sql, cells![seen_at, expires_at, token_hash]).await.map(|_| ())
    }

    /// Ends a session; says whether there was one.
    pub async fn session_delete(&self, token_hash: &str) -> Result<bool> {
        self.sign_out("DELETE FROM sys_session WHERE token_hash = $1", cells![token_hash]).await.map(|count| count > 0)
    }

    /// Ends all sessions of a user, except perhaps one; gives their count.
    pub async fn session_delete_of_user(&self, user: RecordId, except_token_hash: Option<&str>) -> Result<u64> {
        self.sign_out(END_OF_USER, cells![user.0, except_token_hash.unwrap_or("")]).await
    }

    async fn sign_out(&self, sql: &'static str, params: Vec<Cell>) -> Result<u64> {
        let unit = Unit { people: true, ..Unit::of(vec![step(sql, params)]) };
        self.submit(unit).await.map(|done| done.changed).map_err(WriteError::into_error)
    }

    /// Removes sessions that ended before `before`; gives their count.
    pub async fn session_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_session WHERE expires_at < $1", cells![before]).await
    }
}
