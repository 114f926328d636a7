//! Sign-in sessions. The token itself is never stored, only its hash.

use guanxi_model::{Error, ErrorKind, RecordId, Result};
use guanxi_query::Dialect;

use super::audit::{NewEvent, sign_out_event};
use super::step;
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Row, Step, Unit, cells};

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
    /// When its user last proved to be who they are.
    pub proved_at: i64,
    /// As whom its user, an administrator, looks at present.
    pub viewing: Option<RecordId>,
}

/// The columns of a session, as [`read`] takes them.
const COLUMNS: &str = "token_hash, user_id, created_at, seen_at, expires_at, client, proved_at, viewing";

const OTHER_PASSWORD: &str = "other_password";

fn other_password() -> WriteError {
    Error::new(ErrorKind::Conflict, OTHER_PASSWORD, "密码已更改。", "The password was changed.").into()
}

fn no_session() -> WriteError {
    Error::new(ErrorKind::NotFound, "no_session", "没有此登录。", "There is no such session.").into()
}

fn read(row: &mut Row) -> Result<Session> {
    Ok(Session {
        token_hash: row.text()?,
        user: RecordId(row.int()?),
        created_at: row.int()?,
        seen_at: row.int()?,
        expires_at: row.int()?,
        client: row.text()?,
        proved_at: row.int()?,
        viewing: row.maybe_int().map(RecordId),
    })
}

impl Store {
    /// Adds a session of a user who has just proved to know the password of this hash, with the event of it; says whether it is still the
    /// user's password: if not, neither has happened.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_begin(&self, s: &Session, password_hash: &str, event: &NewEvent) -> Result<bool> {
        // The lock makes it wait for a change of the password that is not committed yet, and such a change for it.
        let lock = if self.dialect() == Dialect::Postgres { " FOR SHARE" } else { "" };
        let sql = format!(
            "INSERT INTO sys_session ({COLUMNS}) \
             SELECT CAST($1 AS TEXT), user_id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT), \
             CAST($6 AS BIGINT), CAST(NULL AS BIGINT) FROM sys_credential WHERE user_id = $7 AND password_hash = $8{lock}"
        );
        let client = s.client.as_str();
        let params = cells![s.token_hash.as_str(), s.created_at, s.seen_at, s.expires_at, client, s.proved_at, s.user.0, password_hash];
        let expect = Expect::OneChange(OnFail::Is(other_password()));
        let unit = Unit::of(vec![Step { expect, ..step(sql, params) }]).with_event(event);
        match self.submit(unit).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == OTHER_PASSWORD => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }

    /// The session of a token's hash, whether it has ended or not.
    pub async fn session_find(&self, token_hash: &str) -> Result<Option<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_session WHERE token_hash = $1");
        self.rows_as(sql, cells![token_hash], read).await.map(|mut found| found.pop())
    }

    /// Records that a session was used, and until when it lasts now.
    pub async fn session_touch(&self, token_hash: &str, seen_at: i64, expires_at: i64) -> Result<()> {
        let sql = "UPDATE sys_session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3";
        self.sys_execute(sql, cells![seen_at, expires_at, token_hash]).await.map(|_| ())
    }

    /// Records that the user of a session has proved to be who they are, with the event of it; says whether there still is such a session.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_prove(&self, token_hash: &str, at: i64, event: &NewEvent) -> Result<bool> {
        let expect = Expect::OneChange(OnFail::Is(no_session()));
        let prove = Step { expect, ..step("UPDATE sys_session SET proved_at = $1 WHERE token_hash = $2", cells![at, token_hash]) };
        match self.submit(Unit { moves: Moves::People, ..Unit::of(vec![prove]) }.with_event(event)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == "no_session" => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }

    /// Records as whom a session looks from now on, or that it no longer does, with the event of it.
    ///
    /// # Errors
    /// `unavailable`, `no_space`; `no_session`.
    pub async fn session_view(&self, token_hash: &str, viewing: Option<RecordId>, event: &NewEvent) -> Result<()> {
        let expect = Expect::OneChange(OnFail::Is(no_session()));
        let sql = "UPDATE sys_session SET viewing = $1 WHERE token_hash = $2";
        let view = Step { expect, ..step(sql, cells![viewing.map(|user| user.0), token_hash]) };
        self.submit(Unit { moves: Moves::People, ..Unit::of(vec![view]) }.with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// Ends a session, with the event of it; says whether there was one.
    pub async fn session_delete(&self, token_hash: &str, at: i64, door: &str) -> Result<bool> {
        let delete = step("DELETE FROM sys_session WHERE token_hash = $1", cells![token_hash]);
        let unit = Unit { moves: Moves::People, events: true, ..Unit::of(vec![sign_out_event(token_hash, at, door), delete]) };
        self.submit(unit).await.map(|done| done.changed > 0).map_err(WriteError::into_error)
    }

    /// The sessions of a user that have not ended at `now`, the last used first.
    pub async fn sessions_of_user(&self, user: RecordId, now: i64) -> Result<Vec<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_session WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, token_hash");
        self.rows_as(sql, cells![user.0, now], read).await
    }

    /// Ends a session from another one, with the event of it; says whether there was one: else there is no event either.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_end(&self, token_hash: &str, event: &NewEvent) -> Result<bool> {
        let expect = Expect::OneChange(OnFail::Is(no_session()));
        let end = Step { expect, ..step("DELETE FROM sys_session WHERE token_hash = $1", cells![token_hash]) };
        match self.submit(Unit { moves: Moves::People, ..Unit::of(vec![end]) }.with_event(event)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == "no_session" => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }

    /// Ends all sessions of a user but one, with the event of it; gives their count.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_end_others(&self, user: RecordId, but_token_hash: &str, event: &NewEvent) -> Result<u64> {
        let end = step(END_OF_USER, cells![user.0, but_token_hash]);
        let unit = Unit { moves: Moves::People, ..Unit::of(vec![end]) }.with_event(event);
        // The event is a change of the unit, too.
        self.submit(unit).await.map(|done| done.changed.saturating_sub(1)).map_err(WriteError::into_error)
    }

    /// Ends all sessions of a user, except perhaps one; gives their count.
    pub async fn session_delete_of_user(&self, user: RecordId, except_token_hash: Option<&str>) -> Result<u64> {
        let end = step(END_OF_USER, cells![user.0, except_token_hash.unwrap_or("")]);
        let unit = Unit { moves: Moves::People, ..Unit::of(vec![end]) };
        self.submit(unit).await.map(|done| done.changed).map_err(WriteError::into_error)
    }

    /// Removes sessions that ended before `before`; gives their count.
    pub async fn session_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_session WHERE expires_at < $1", cells![before]).await
    }
}
