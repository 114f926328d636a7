//! What the API shows of jobs, and how they are put into the queue.

use guanxi_model::{Ctx, Error, Label, Result};
use serde::Serialize;
use serde_json::Value;

use crate::Organisation;

/// A person by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A job as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// Id, a decimal number.
    pub id: String,
    /// Kind: `import`, `export`, `undo_import` …
    pub kind: String,
    /// A line for people in the reader's language.
    pub title: String,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all, where known.
    pub total: Option<i64>,
    /// When it was queued, RFC 3339.
    pub created_at: String,
    /// When it began.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Who queued it.
    pub created_by: Option<Person>,
    /// How often it has been tried.
    pub attempts: i64,
    /// Why it failed: a problem.
    pub error: Option<Value>,
    /// What came out.
    pub result: Option<Value>,
}

/// A job to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Kind: the name under which the handler is registered.
    pub kind: &'static str,
    /// A line for people.
    pub title: Label,
    /// What the handler needs.
    pub payload: Value,
    /// How many attempts before it fails for good.
    pub max_attempts: i64,
}

/// Queues a job and wakes the worker.
///
/// # Errors
/// When the store is away.
pub async fn enqueue(org: &Organisation, ctx: &Ctx, job: NewJob) -> Result<Job> {
    let _ = (org, ctx, job);
    Err(Error::internal("unwritten"))
}

/// Jobs, newest first: the user's own, for an administrator all. `before` is the `next` of the page before.
///
/// # Errors
/// When the store is away.
pub async fn list(org: &Organisation, ctx: &Ctx, before: Option<&str>, limit: u32) -> Result<(Vec<Job>, Option<String>)> {
    let _ = (org, ctx, before, limit);
    Err(Error::internal("unwritten"))
}

/// One job.
///
/// # Errors
/// 404 when there is none or it is another user's.
pub async fn get(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}

/// Asks a job to stop: one that waits is cancelled at once, one that runs at its next step.
///
/// # Errors
/// 404 when there is none or it is another user's; 409 `job_finished` when it has ended.
pub async fn cancel(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let _ = (org, ctx, id);
    Err(Error::internal("unwritten"))
}
