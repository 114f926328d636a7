//! Passkeys of users, and the challenges that were given out for them.

use guanxi_model::{Error, ErrorKind, RecordId, Result};

use super::audit::NewEvent;
use super::{Session, step};
use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Row, Step, Unit, cells};

/// A WebAuthn credential. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id, base64url.
    pub credential_id: String,
    /// Whose it is.
    pub user: RecordId,
    /// What its user calls it.
    pub name: String,
    /// Its public key, base64url.
    pub public_key: String,
    /// How often it was used, as it counts itself.
    pub counter: i64,
    /// When it was registered.
    pub created_at: i64,
    /// When it was last used.
    pub used_at: Option<i64>,
}

const COLUMNS: &str = "credential_id, user_id, name, public_key, counter, created_at, used_at";

const MOVED: &str = "passkey_moved";

fn only_if(sql: &'static str, params: Vec<guanxi_model::Cell>) -> Step {
    let moved = Error::new(ErrorKind::Conflict, MOVED, "通行密钥已更改。", "The passkey was changed.");
    Step { expect: Expect::OneChange(OnFail::Is(moved.into())), ..step(sql, params) }
}

fn read(row: &mut Row) -> Result<Passkey> {
    Ok(Passkey {
        credential_id: row.text()?,
        user: RecordId(row.int()?),
        name: row.text()?,
        public_key: row.text()?,
        counter: row.int()?,
        created_at: row.int()?,
        used_at: row.maybe_int(),
    })
}

impl Store {
    /// Adds a passkey, with the event of it; says whether there was none of its id.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn passkey_add(&self, p: &Passkey, event: &NewEvent) -> Result<bool> {
        let sql = "INSERT INTO sys_passkey (credential_id, user_id, name, public_key, counter, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING";
        let params = cells![p.credential_id.as_str(), p.user.0, p.name.as_str(), p.public_key.as_str(), p.counter, p.created_at];
        self.if_as_seen(Unit::of(vec![only_if(sql, params)]).with_event(event)).await
    }

    /// The passkeys of a user, the newest first.
    pub async fn passkeys(&self, user: RecordId) -> Result<Vec<Passkey>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_passkey WHERE user_id = $1 ORDER BY created_at DESC, credential_id");
        self.rows_as(sql, cells![user.0], read).await
    }

    /// The passkey of an id.
    pub async fn passkey(&self, credential_id: &str) -> Result<Option<Passkey>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_passkey WHERE credential_id = $1");
        self.rows_as(sql, cells![credential_id], read).await.map(|mut found| found.pop())
    }

    /// Removes a passkey of a user, with the event of it; says whether there was one.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn passkey_remove(&self, user: RecordId, credential_id: &str, event: &NewEvent) -> Result<bool> {
        let sql = "DELETE FROM sys_passkey WHERE user_id = $1 AND credential_id = $2";
        self.if_as_seen(Unit::of(vec![only_if(sql, cells![user.0, credential_id])]).with_event(event)).await
    }

    /// Adds a session of a user who has just signed with a passkey, with the event of it; says whether the passkey still was as it was seen.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn session_begin_by_passkey(&self, s: &Session, passkey: &Passkey, counter: i64, event: &NewEvent) -> Result<bool> {
        let used = "UPDATE sys_passkey SET counter = $1, used_at = $2 WHERE credential_id = $3 AND user_id = $4 AND counter = $5";
        let begin = "INSERT INTO sys_session (token_hash, user_id, created_at, seen_at, expires_at, client, proved_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let steps = vec![
            only_if(used, cells![counter, event.at, passkey.credential_id.as_str(), s.user.0, passkey.counter]),
            step(begin, cells![s.token_hash.as_str(), s.user.0, s.created_at, s.seen_at, s.expires_at, s.client.as_str(), s.proved_at]),
        ];
        self.if_as_seen(Unit::of(steps).with_event(event)).await
    }

    /// Keeps a challenge, for a user or for whoever signs in (0).
    pub async fn challenge_add(&self, hash: &str, user: RecordId, expires_at: i64) -> Result<()> {
        let sql = "INSERT INTO sys_challenge (hash, user_id, expires_at) VALUES ($1, $2, $3)";
        self.sys_execute(sql, cells![hash, user.0, expires_at]).await.map(|_| ())
    }

    /// Takes a challenge, which is gone then; says whether there was such a one that has not ended.
    pub async fn challenge_take(&self, hash: &str, user: RecordId, now: i64) -> Result<bool> {
        let sql = "DELETE FROM sys_challenge WHERE hash = $1 AND user_id = $2 AND expires_at > $3";
        self.sys_execute(sql, cells![hash, user.0, now]).await.map(|changed| changed > 0)
    }

    /// Removes challenges that ended before `before`.
    pub async fn challenges_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_challenge WHERE expires_at < $1", cells![before]).await
    }

    async fn if_as_seen(&self, unit: Unit) -> Result<bool> {
        match self.submit(unit).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == MOVED => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }
}
