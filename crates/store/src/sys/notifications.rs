//! What users are told.

use guanxi_model::{RecordId, Result};

use super::step;
use crate::store::Store;
use crate::unit::{Row, cells};

/// Something a user is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id, from the counter `notification`; 0 before it is stored.
    pub id: i64,
    /// Who is told.
    pub user: RecordId,
    /// What it is about: told once, and told anew only by something with a higher `seq`.
    pub key: String,
    /// The place in the change log that it comes from; 0 for what is not in the log.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// When, microseconds since the epoch.
    pub at: i64,
    /// The record it is about; 0 for none.
    pub record: RecordId,
    /// JSON.
    pub body: String,
    /// When it was read.
    pub read_at: Option<i64>,
}

const COLUMNS: &str = "id, user_id, key, seq, kind, at, record_id, body, read_at";

fn read(row: &mut Row) -> Result<Notification> {
    Ok(Notification {
        id: row.int()?,
        user: RecordId(row.int()?),
        key: row.text()?,
        seq: row.int()?,
        kind: row.text()?,
        at: row.int()?,
        record: RecordId(row.int()?),
        body: row.text()?,
        read_at: row.maybe_int(),
    })
}

impl Store {
    /// Stores notifications and, in the same transaction, how far the reader that made them has come. What is there already stays
    /// as it is, unless it came from an earlier place in the log: then it takes the new one's content and is unread again.
    pub async fn notifications_put(&self, new: &[Notification], cursor: Option<(&str, i64)>) -> Result<()> {
        let mut next = if new.is_empty() { 0 } else { self.allocate("notification", new.len() as i64).await? };
        let put = "INSERT INTO sys_notification (id, user_id, key, seq, kind, at, record_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (user_id, key) DO UPDATE SET id = excluded.id, seq = excluded.seq, at = excluded.at, \
                   body = excluded.body, read_at = NULL WHERE excluded.seq > sys_notification.seq";
        let mut steps = Vec::with_capacity(new.len() + 1);
        for n in new {
            let params = cells![next, n.user.0, n.key.as_str(), n.seq, n.kind.as_str(), n.at, n.record.0, n.body.as_str()];
            steps.push(step(put, params));
            next += 1;
        }
        if let Some((name, seq)) = cursor {
            // Another node may be further on: a cursor never goes back.
            let on = "INSERT INTO sys_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = \
                      CASE WHEN excluded.seq > sys_cursor.seq THEN excluded.seq ELSE sys_cursor.seq END";
            steps.push(step(on, cells![name, seq]));
        }
        self.sys_run(steps).await.map(drop)
    }

    /// A user's notifications with ids below `before` (`None`: all), newest first, at most `limit`.
    pub async fn notifications(&self, user: RecordId, before: Option<i64>, unread: bool, limit: u32) -> Result<Vec<Notification>> {
        let only = if unread { " AND read_at IS NULL" } else { "" };
        let sql = format!("SELECT {COLUMNS} FROM sys_notification WHERE user_id = $1 AND id < $2{only} ORDER BY id DESC LIMIT $3");
        self.rows_as(sql, cells![user.0, before.unwrap_or(i64::MAX), i64::from(limit)], read).await
    }

    /// Marks a user's notifications up to an id as read; `ids` narrows it to these.
    pub async fn notifications_read(&self, user: RecordId, up_to: i64, ids: Option<&[i64]>) -> Result<()> {
        let all = "UPDATE sys_notification SET read_at = $1 WHERE user_id = $2 AND id <= $3 AND read_at IS NULL";
        let one = "UPDATE sys_notification SET read_at = $1 WHERE user_id = $2 AND id = $3 AND read_at IS NULL";
        let now = self.now();
        let steps = match ids {
            None => vec![step(all, cells![now, user.0, up_to])],
            Some(ids) => ids.iter().map(|id| step(one, cells![now, user.0, *id])).collect(),
        };
        self.sys_run(steps).await.map(drop)
    }

    /// Forgets what was told before a time; gives the count.
    pub async fn notifications_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_notification WHERE at < $1", cells![before]).await
    }
}
