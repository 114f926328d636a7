//! Second factors of users: the secret of time-based codes, and recovery codes by their hash.

use guanxi_model::{Error, ErrorKind, RecordId, Result};

use super::audit::NewEvent;
use super::step;
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Step, Unit, cells};

/// The secret of a user's time-based codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Base32.
    pub secret: String,
    /// Since when it counts; `None` until a first code has shown that the user's device has it.
    pub confirmed_at: Option<i64>,
    /// The last step whose code was taken: none up to it is taken again.
    pub last_step: i64,
}

const MOVED: &str = "second_factor_moved";

fn moved() -> WriteError {
    Error::new(ErrorKind::Conflict, MOVED, "两步验证已更改。", "The second factor was changed.").into()
}

fn only_if(sql: &'static str, params: Vec<guanxi_model::Cell>) -> Step {
    Step { expect: Expect::OneChange(OnFail::Is(moved())), ..step(sql, params) }
}

fn codes_of(user: RecordId, hashes: &[String]) -> impl Iterator<Item = Step> + '_ {
    let insert = "INSERT INTO sys_recovery_code (user_id, code_hash) VALUES ($1, $2)";
    let delete = step("DELETE FROM sys_recovery_code WHERE user_id = $1", cells![user.0]);
    std::iter::once(delete).chain(hashes.iter().map(move |hash| step(insert, cells![user.0, hash.as_str()])))
}

impl Store {
    /// A user's second factor, confirmed or not.
    pub async fn second_factor(&self, user: RecordId) -> Result<Option<SecondFactor>> {
        let sql = "SELECT secret, confirmed_at, last_step FROM sys_second_factor WHERE user_id = $1";
        let found = self.rows_as(sql, cells![user.0], |row| {
            Ok(SecondFactor { secret: row.text()?, confirmed_at: row.maybe_int(), last_step: row.int()? })
        });
        found.await.map(|mut found| found.pop())
    }

    /// Keeps a secret that is not confirmed yet, in the place of another such one; one that is confirmed stays as it is.
    pub async fn second_factor_begin(&self, user: RecordId, secret: &str) -> Result<()> {
        let sql = "INSERT INTO sys_second_factor (user_id, secret, last_step) VALUES ($1, $2, 0) \
                   ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret WHERE sys_second_factor.confirmed_at IS NULL";
        self.sys_execute(sql, cells![user.0, secret]).await.map(|_| ())
    }

    /// Lets a secret count from now on, with its recovery codes and the event of it; says whether it still was the one to be confirmed.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn second_factor_confirm(
        &self,
        user: RecordId,
        secret: &str,
        last_step: i64,
        code_hashes: &[String],
        event: &NewEvent,
    ) -> Result<bool> {
        let sql = "UPDATE sys_second_factor SET confirmed_at = $1, last_step = $2 \
                   WHERE user_id = $3 AND secret = $4 AND confirmed_at IS NULL";
        let confirm = only_if(sql, cells![event.at, last_step, user.0, secret]);
        let steps = std::iter::once(confirm).chain(codes_of(user, code_hashes)).collect();
        self.whether(Unit { moves: Moves::People, ..Unit::of(steps) }.with_event(event)).await
    }

    /// Takes the code of a step; says whether none of it or a later one was taken before.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn second_factor_take(&self, user: RecordId, code_step: i64) -> Result<bool> {
        let sql = "UPDATE sys_second_factor SET last_step = $1 WHERE user_id = $2 AND last_step < $3 AND confirmed_at IS NOT NULL";
        self.sys_execute(sql, cells![code_step, user.0, code_step]).await.map(|changed| changed > 0)
    }

    /// How many recovery codes a user has left.
    pub async fn recovery_codes(&self, user: RecordId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM sys_recovery_code WHERE user_id = $1";
        self.rows_as(sql, cells![user.0], |row| row.int()).await.map(|found| found.first().copied().unwrap_or(0))
    }

    /// Takes a recovery code, which is gone then; says whether there was such a one.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn recovery_code_take(&self, user: RecordId, code_hash: &str) -> Result<bool> {
        let sql = "DELETE FROM sys_recovery_code WHERE user_id = $1 AND code_hash = $2";
        self.sys_execute(sql, cells![user.0, code_hash]).await.map(|changed| changed > 0)
    }

    /// Puts new recovery codes in the place of a user's, with the event of it.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn recovery_codes_set(&self, user: RecordId, code_hashes: &[String], event: &NewEvent) -> Result<()> {
        let unit = Unit::of(codes_of(user, code_hashes).collect()).with_event(event);
        self.submit(unit).await.map(drop).map_err(WriteError::into_error)
    }

    /// Takes a user's second factor away, with its recovery codes and the event of it, and ends the user's sessions but for one; says
    /// whether there was one.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn second_factor_end(&self, user: RecordId, stays: Option<&str>, event: &NewEvent) -> Result<bool> {
        let steps = vec![
            only_if("DELETE FROM sys_second_factor WHERE user_id = $1", cells![user.0]),
            step("DELETE FROM sys_recovery_code WHERE user_id = $1", cells![user.0]),
            step(super::sessions::END_OF_USER, cells![user.0, stays.unwrap_or("")]),
        ];
        self.whether(Unit { moves: Moves::People, ..Unit::of(steps) }.with_event(event)).await
    }

    /// Submits a unit that holds only if what it is about is as it was seen; says whether it was.
    async fn whether(&self, unit: Unit) -> Result<bool> {
        match self.submit(unit).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == MOVED => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }
}
