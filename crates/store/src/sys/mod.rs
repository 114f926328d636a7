//! System tables, each with typed functions on [`crate::Store`].

mod credentials;
mod cursors;
mod files;
mod idempotency;
mod imports;
mod jobs;
mod notifications;
mod sessions;
mod settings;
mod views;

pub use credentials::Credential;
pub use files::FileVersion;
pub use idempotency::Answered;
pub(crate) use idempotency::remember;
pub use imports::ImportRow;
pub use jobs::{Job, JobState, Lease};
pub(crate) use jobs::{enqueue, lease_lost};
pub use notifications::Notification;
pub use sessions::Session;
pub use views::SavedView;

use guanxi_model::{Cell, Result};

use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Done, Expect, SqlText, Step, Unit};

/// A statement of which nothing is expected.
pub(crate) fn step(sql: impl Into<SqlText>, params: Vec<Cell>) -> Step {
    Step { sql: sql.into(), params, expect: Expect::Any, change: None }
}

impl Store {
    /// Runs statements of system tables in one transaction.
    async fn sys_run(&self, steps: Vec<Step>) -> Result<Done> {
        self.submit(Unit::of(steps)).await.map_err(WriteError::into_error)
    }

    /// Runs one statement of a system table; gives the count of rows it changed.
    async fn sys_execute(&self, sql: &'static str, params: Vec<Cell>) -> Result<u64> {
        self.sys_run(vec![step(sql, params)]).await.map(|done| done.changed)
    }
}
