//! The worker: claims jobs with a lease, runs their handlers, renews the lease meanwhile, tries again with growing pauses.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use guanxi_model::{Ctx, Error, Result};
use serde_json::Value;

use crate::Organisation;

/// What runs a job of one kind.
pub type Handler = Arc<dyn Fn(JobCtx) -> BoxFuture<'static, Result<Value>> + Send + Sync>;

/// What a handler is given.
#[derive(Clone)]
pub struct JobCtx {
    /// The organisation.
    pub org: Organisation,
    /// The creator with the rights of now.
    pub ctx: Ctx,
    /// The job's id.
    pub id: i64,
    /// What the creator left for the handler.
    pub payload: Value,
}

impl JobCtx {
    /// Says how far the job is; written at most four times a second.
    pub fn progress(&self, done: u64, total: Option<u64>) {
        let _ = (done, total);
    }

    /// Whether someone asked it to stop, or the lease was lost: the handler ends as soon as it can.
    pub fn cancelled(&self) -> bool {
        false
    }
}

/// Runs jobs by the handlers registered for their kinds.
#[derive(Clone, Default)]
pub struct Worker {
    handlers: HashMap<&'static str, Handler>,
}

/// A worker that runs in the background until it is stopped.
pub struct Running {}

impl Running {
    /// Takes no further jobs and waits for the one that runs.
    pub async fn stop(self) {}
}

impl Worker {
    /// A worker that knows the product's own kinds of jobs.
    pub fn new() -> Worker {
        Worker::default()
    }

    /// Registers what runs jobs of a kind.
    #[must_use]
    pub fn with(mut self, kind: &'static str, handler: Handler) -> Worker {
        self.handlers.insert(kind, handler);
        self
    }

    /// Runs the organisation's due jobs, one after the other, until none is due. Gives how many ran.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn run_pending(&self, org: &Organisation) -> Result<usize> {
        let _ = org;
        Err(Error::internal("unwritten"))
    }

    /// Runs the organisation's jobs in the background.
    pub fn start(&self, org: &Organisation) -> Running {
        let _ = org;
        Running {}
    }
}
