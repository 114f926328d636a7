//! What a handler is given: who acts, what to do, and a way to say how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use guanxi_model::{Ctx, Error, ErrorKind, Result};
use guanxi_store::sys::Lease;
use serde_json::Value;

use super::worker::LEASE_US;
use crate::Organisation;

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
    /// The right to run it.
    pub(super) lease: Lease,
    /// How far it is.
    pub(super) state: Arc<Progress>,
}

/// Progress and the wish to stop, shared between the handler and whoever keeps its lease.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) done: AtomicI64,
    /// −1: not known.
    pub(super) total: AtomicI64,
    pub(super) cancelled: AtomicBool,
    pub(super) lost: AtomicBool,
}

impl Progress {
    pub(super) fn new(done: i64, total: Option<i64>) -> Progress {
        Progress {
            done: AtomicI64::new(done),
            total: AtomicI64::new(total.unwrap_or(-1)),
            cancelled: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        }
    }

    pub(super) fn read(&self) -> (i64, Option<i64>) {
        (self.done.load(Ordering::Relaxed), Some(self.total.load(Ordering::Relaxed)).filter(|t| *t >= 0))
    }
}

impl JobCtx {
    /// Says how far the job is; written at most four times a second.
    pub fn progress(&self, done: u64, total: Option<u64>) {
        let cap = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.state.done.store(cap(done), Ordering::Relaxed);
        self.state.total.store(total.map_or(-1, cap), Ordering::Relaxed);
    }

    /// Makes sure that the lease is still held, and holds it anew: before a step that must not be done twice.
    ///
    /// # Errors
    /// 409 `lease_lost` when another worker has taken the job over.
    pub async fn hold(&self) -> Result<()> {
        let (done, total) = self.state.read();
        let renewed = self.org.store().job_renew(self.lease, LEASE_US, done, total).await;
        if let Err(error) = &renewed
            && error.code == "lease_lost"
        {
            self.state.lost.store(true, Ordering::Relaxed);
        }
        self.state.cancelled.fetch_or(renewed?, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps a note of the job under a key of the organisation's settings, for the attempt after a crash.
    ///
    /// # Errors
    /// 409 `lease_lost` when another worker has taken the job over.
    pub async fn note(&self, key: &str, body: &str) -> Result<()> {
        self.hold().await?;
        self.org.store().setting_set_held(self.lease, key, body).await
    }

    /// Whether someone asked it to stop, or the lease was lost: the handler ends as soon as it can.
    pub fn cancelled(&self) -> bool {
        self.state.cancelled.load(Ordering::Relaxed) || self.state.lost.load(Ordering::Relaxed)
    }

    /// What a handler that stopped because it was asked to gives back.
    pub fn was_cancelled(&self) -> Error {
        Error::new(ErrorKind::Conflict, CANCELLED, "任务已取消。", "The job was cancelled.")
    }
}

/// Code of the error of [`JobCtx::was_cancelled`].
pub(super) const CANCELLED: &str = "job_cancelled";
