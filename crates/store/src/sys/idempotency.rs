//! Answers that are given again when the same request comes again. Written in the transaction of the change set itself.

use guanxi_model::change::Idempotency;
use guanxi_model::{RecordId, Result};

use crate::error::WriteError;
use crate::store::Store;
use crate::sys::step;
use crate::unit::{Expect, OnFail, Row, Step, cells};

/// How long a key is remembered, in microseconds: 24 hours.
pub(crate) const KEPT_US: i64 = 24 * 3_600 * 1_000_000;

/// What was answered to a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of method, path and body of the request.
    pub hash: Vec<u8>,
    /// The status answered.
    pub status: u16,
    /// The body answered.
    pub body: String,
    /// When, microseconds since the epoch.
    pub at: i64,
}

impl Store {
    /// What was answered to a user's request with this key in the last 24 hours.
    pub async fn idempotency(&self, user: RecordId, key: &str) -> Result<Option<Answered>> {
        let sql = "SELECT hash, status, body, at FROM sys_idempotency WHERE user_id = $1 AND key = $2 AND at >= $3";
        self.rows_as(sql, cells![user.0, key, self.now() - KEPT_US], read).await.map(|mut found| found.pop())
    }

    /// Forgets keys older than 24 hours; gives their count.
    pub async fn idempotency_purge(&self) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_idempotency WHERE at < $1", cells![self.now() - KEPT_US]).await
    }
}

fn read(row: &mut Row) -> Result<Answered> {
    Ok(Answered { hash: unhex(&row.text()?), status: u16::try_from(row.int()?).unwrap_or(500), body: row.text()?, at: row.int()? })
}

/// The statements that remember an answer, first of a unit: a used key must be found before anything else is refused.
pub(crate) fn remember(user: RecordId, at: i64, answer: &Idempotency) -> [Step; 2] {
    let forget = "DELETE FROM sys_idempotency WHERE user_id = $1 AND key = $2 AND at < $3";
    let insert = "INSERT INTO sys_idempotency (user_id, key, hash, status, body, at) VALUES ($1, $2, $3, $4, $5, $6) \
                  ON CONFLICT (user_id, key) DO NOTHING";
    let params = cells![user.0, answer.key.as_str(), hex(&answer.hash), i64::from(answer.status), answer.body.as_str(), at];
    [
        step(forget, cells![user.0, answer.key.as_str(), at - KEPT_US]),
        Step { expect: Expect::OneChange(OnFail::Is(WriteError::IdempotencyKey)), ..step(insert, params) },
    ]
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, unhex};

    #[test]
    fn hex_round_trips() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), bytes);
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
    }
}
