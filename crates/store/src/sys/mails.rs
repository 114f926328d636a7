//! Links that set a password, and what the sandbox keeps of mail.

use guanxi_model::{Error, ErrorKind, RecordId, Result};

use super::audit::NewEvent;
use super::{credentials, sessions, step};
use crate::error::WriteError;
use crate::heads::Moves;
use crate::store::Store;
use crate::unit::{Expect, OnFail, Step, Unit, cells};

/// A link sent by mail. Its secret is never stored, only the hash. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLink {
    /// SHA-256 of the secret.
    pub token_hash: String,
    /// Whose password it sets.
    pub user: RecordId,
    /// What it is for.
    pub purpose: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

/// A mail that the sandbox kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    /// Its number.
    pub id: i64,
    /// When it would have been sent.
    pub at: i64,
    /// To which user.
    pub user: RecordId,
    /// To which address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

const USED: &str = "link_used";

impl Store {
    /// Adds a link in the place of others of the user for the same purpose, with the event of it.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn link_add(&self, link: &MailLink, event: &NewEvent) -> Result<()> {
        let delete = "DELETE FROM sys_mail_link WHERE user_id = $1 AND purpose = $2";
        let insert = "INSERT INTO sys_mail_link (token_hash, user_id, purpose, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let purpose = link.purpose.as_str();
        let steps = vec![
            step(delete, cells![link.user.0, purpose]),
            step(insert, cells![link.token_hash.as_str(), link.user.0, purpose, link.created_at, link.expires_at]),
        ];
        self.submit(Unit::of(steps).with_event(event)).await.map(drop).map_err(WriteError::into_error)
    }

    /// The link of a hash, whether it has ended or not.
    pub async fn link_find(&self, token_hash: &str) -> Result<Option<MailLink>> {
        let sql = "SELECT token_hash, user_id, purpose, created_at, expires_at FROM sys_mail_link WHERE token_hash = $1";
        let found = self.rows_as(sql, cells![token_hash], |row| {
            Ok(MailLink {
                token_hash: row.text()?,
                user: RecordId(row.int()?),
                purpose: row.text()?,
                created_at: row.int()?,
                expires_at: row.int()?,
            })
        });
        found.await.map(|mut found| found.pop())
    }

    /// Sets a user's password by a link, which is used up with all others of the user, and ends the user's sessions, in one transaction
    /// with the event of it; says whether the link was still there: else nothing has happened.
    ///
    /// # Errors
    /// `unavailable`, `no_space`.
    pub async fn link_use(&self, link: &MailLink, password_hash: &str, event: &NewEvent) -> Result<bool> {
        let used = Error::new(ErrorKind::NotFound, USED, "链接已失效。", "The link is used up.");
        let expect = Expect::OneChange(OnFail::Is(used.into()));
        let steps = vec![
            Step { expect, ..step("DELETE FROM sys_mail_link WHERE token_hash = $1", cells![link.token_hash.as_str()]) },
            step("DELETE FROM sys_mail_link WHERE user_id = $1", cells![link.user.0]),
            step(credentials::SET, cells![link.user.0, password_hash, event.at]),
            step(sessions::END_OF_USER, cells![link.user.0, ""]),
        ];
        match self.submit(Unit { moves: Moves::People, ..Unit::of(steps) }.with_event(event)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Other(error)) if error.code == USED => Ok(false),
            Err(error) => Err(error.into_error()),
        }
    }

    /// Removes links that ended before `before`.
    pub async fn links_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_mail_link WHERE expires_at < $1", cells![before]).await
    }

    /// Keeps a mail.
    pub async fn mail_keep(&self, mail: &KeptMail) -> Result<()> {
        let sql = "INSERT INTO sys_mail (id, at, user_id, recipient, subject, body) VALUES ($1, $2, $3, $4, $5, $6)";
        let (recipient, subject, body) = (mail.recipient.as_str(), mail.subject.as_str(), mail.body.as_str());
        self.sys_execute(sql, cells![mail.id, mail.at, mail.user.0, recipient, subject, body]).await.map(|_| ())
    }

    /// The last mails that were kept, the newest first.
    pub async fn mails(&self, limit: u32) -> Result<Vec<KeptMail>> {
        let sql = "SELECT id, at, user_id, recipient, subject, body FROM sys_mail ORDER BY at DESC, id DESC LIMIT $1";
        let read = |row: &mut crate::unit::Row| {
            Ok(KeptMail {
                id: row.int()?,
                at: row.int()?,
                user: RecordId(row.int()?),
                recipient: row.text()?,
                subject: row.text()?,
                body: row.text()?,
            })
        };
        self.rows_as(sql, cells![i64::from(limit)], read).await
    }

    /// Removes mails that were kept before `before`.
    pub async fn mails_purge(&self, before: i64) -> Result<u64> {
        self.sys_execute("DELETE FROM sys_mail WHERE at < $1", cells![before]).await
    }
}
