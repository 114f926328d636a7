//! System tables, each with typed functions on [`crate::Store`].

mod credentials;
mod cursors;
mod files;
mod idempotency;
mod imports;
mod jobs;
mod sessions;
mod settings;
mod views;

pub use credentials::Credential;
pub use files::FileVersion;
pub use idempotency::Answered;
pub use imports::ImportRow;
pub(crate) use idempotency::remember;
pub(crate) use jobs::enqueue;
pub use jobs::{Job, JobState, Lease};
pub use sessions::Session;
pub use views::SavedView;

use guanxi_model::{Cell, Result};

use crate::error::WriteError;
use crate::store::Store;
use crate::unit::{Expect, OnFail, SqlText, Step};

/// A statement of which nothing is expected.
pub(crate) fn step(sql: impl Into<SqlText>, params: Vec<Cell>) -> Step {
    Step { sql: sql.into(), params, expect: Expect::Any, on_fail: OnFail::Is(WriteError::IdempotencyKey), change: None }
}

impl Store {
    /// Runs one statement of a system table; gives the count of rows it changed.
    async fn sys_execute(&self, sql: &'static str, params: Vec<Cell>) -> Result<u64> {
        self.run(vec![step(sql, params)]).await.map(|(_, count)| count).map_err(WriteError::into_error)
    }
}
