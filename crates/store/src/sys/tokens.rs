//! Tokens of programs. The token itself is never stored, only its hash.

use guanxi_model::{Error, ErrorKind, RecordId, Result};

use super::audit::NewEvent;
use super::step;
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Row, Step, Unit, cells};

/// A token of a program that acts for a user. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// For whom it acts.
    pub user: RecordId,
    /// What its user calls it.
    pub name: String,
    /// What it may do, as JSON.
    pub scope: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was last used, as far as that was recorded.
    pub used_at: Option<i64>,
    /// From which address.
    pub used_from: Option<String>,
}

const COLUMNS: &str = "token_hash, user_id, name, scope, created_at, expires_at, used_at, used_from";

fn read(row: &mut Row) -> Result<ApiToken> {
    Ok(ApiToken {
        token_hash: row.text()?,
        user: RecordId(row.int()?),
        name: row.text()?,
        scope: row.text()?,
        created_at: row.int()?,
        expires_at: row.int()?,
        used_at: row.maybe_int(),
        used_from: row.maybe_text(),
    })
}

impl Store {
    /// Adds a token, with the event of it.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn token_add(&self, t: &ApiToken, event: &NewEvent) -> Result<()> {
        let sql = "INSERT INTO sys_api_token (token_hash, user_id, name, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let params = cells![t.token_hash.as_str(), t.user.0, t.name.as_str(), t.scope.as_str(), t.created_at, t.expires_at];
        self.submit(Unit::of(vec![step(sql, params)]).with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// The token of a hash, whether it has expired or not.
    pub async fn token_find(&self, token_hash: &str) -> Result<Option<ApiToken>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_api_token WHERE token_hash = $1");
        self.rows_as(sql, cells![token_hash], read).await.map(|mut found| found.pop())
    }

    /// The tokens of a user, the newest first; of all users if none is named.
    pub async fn tokens(&self, user: Option<RecordId>) -> Result<Vec<ApiToken>> {
        let (of, params) = match user {
            Some(user) => ("WHERE user_id = $1 ", cells![user.0]),
            None => ("", cells![]),
        };
        let sql = format!("SELECT {COLUMNS} FROM sys_api_token {of}ORDER BY created_at DESC, token_hash");
        self.rows_as(sql, params, read).await
    }

    /// Records that a token was used, unless that was recorded after `since`.
    pub async fn token_touch(&self, token_hash: &str, at: i64, from: &str, since: i64) -> Result<()> {
        let sql = "UPDATE sys_api_token SET used_at = $1, used_from = $2 WHERE token_hash = $3 AND (used_at IS NULL OR used_at <= $4)";
        self.sys_execute(sql, cells![at, from, token_hash, since]).await.map(|_| ())
    }

    /// Revokes a token, with the event of it; says whether there was one: else there is no event either.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn token_revoke(&self, token_hash: &str, event: &NewEvent) -> Result<bool> {
        let gone = Error::new(ErrorKind::NotFound, "no_token", "没有此令牌。", "There is no such token.");
        let expect = Expect::OneChange(OnFail::Is(gone.into()));
        let delete = Step { expect, ..step("DELETE FROM sys_api_token WHERE token_hash = $1", cells![token_hash]) };
        match self.submit(Unit { moves: Moves::People, ..Unit::of(vec![delete]) }.with_event(event)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == "no_token" => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }

    /// Removes tokens that ended before `before`; gives their count.
    pub async fn tokens_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_api_token WHERE expires_at < $1", cells![before]).await
    }
}
