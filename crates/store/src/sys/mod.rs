//! System tables, each with typed functions on [`crate::Store`].

mod audit;
mod credentials;
mod cursors;
mod erasure;
mod files;
mod idempotency;
mod imports;
mod jobs;
mod mails;
mod notifications;
mod passkeys;
mod second_factors;
mod sessions;
mod settings;
mod shares;
mod tokens;
mod views;

pub use audit::{AuditBatch, AuditEvent, AuditTree, Leaf, LeafFilter, LeafNow, NewEvent, Source, SourceNow};
pub use credentials::Credential;
pub use erasure::{Erasure, NOT_LOGGED_YET, Texts};
pub use files::FileVersion;
pub use idempotency::Answered;
pub(crate) use idempotency::remember;
pub use imports::ImportRow;
pub use jobs::{Job, JobState, Lease};
pub(crate) use jobs::{enqueue, lease_lost};
pub use mails::{KeptMail, MailLink};
pub use notifications::Notification;
pub use passkeys::Passkey;
pub use second_factors::SecondFactor;
pub use sessions::Session;
pub use shares::Share;
pub(crate) use shares::rules_of_written;
pub use tokens::ApiToken;
pub use views::SavedView;

use guanxi_model::{Cell, RecordId, Result};

use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Done, Expect, SqlText, Step, Unit};

/// A statement of which nothing is expected.
pub(crate) fn step(sql: impl Into<SqlText>, params: Vec<Cell>) -> Step {
    Step { sql: sql.into(), params, expect: Expect::Any, change: None }
}

/// Ends all ways in that a user has open: sessions, tokens, links.
pub(crate) fn ways_in_end(user: RecordId) -> [Step; 3] {
    const ENDS: [&str; 3] = [
        "DELETE FROM sys_session WHERE user_id = $1",
        "DELETE FROM sys_api_token WHERE user_id = $1",
        "DELETE FROM sys_mail_link WHERE user_id = $1",
    ];
    ENDS.map(|sql| step(sql, vec![Cell::Int(user.0)]))
}

impl Store {
    /// Runs statements of system tables in one transaction.
    async fn sys_run(&self, steps: Vec<Step>) -> Result<Done> {
        self.submit(Unit::of(steps)).await.map_err(WriteError::into_error)
    }

    /// Runs one statement of a system table; gives the count of rows it changed.
    async fn sys_execute(&self, sql: impl Into<SqlText>, params: Vec<Cell>) -> Result<u64> {
        self.sys_run(vec![step(sql, params)]).await.map(|done| done.changed)
    }
}
