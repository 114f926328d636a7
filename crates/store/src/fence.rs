//! Fencing: what a job writes is committed only while the job's lease is held and nobody has asked the job to stop. The condition is
//! a step of the change set's own transaction, so that a worker that was frozen past its lease cannot write what its successor writes.

use guanxi_model::{Error, ErrorKind, Result};

use crate::error::WriteError;
use crate::store::Store;
use crate::sys::{Lease, step};
use crate::unit::{Expect, OnFail, Part, Step, Unit, cells};

tokio::task_local! {
    /// The lease of the job that the task works for.
    static LEASE: Lease;
}

/// Code of the error of a change set that came too late: the job was taken over by another worker, or was asked to stop.
pub const JOB_STOPPED: &str = "job_stopped";

/// Does a job's work: every change set that it writes, in this task, is fenced by the lease.
pub async fn under_lease<T>(lease: Lease, work: impl Future<Output = T>) -> T {
    LEASE.scope(lease, work).await
}

/// A unit with the fence of the task that submits it, where it works for a job.
pub(crate) fn fenced(mut unit: Unit) -> Unit {
    if let Ok(lease) = LEASE.try_with(|lease| *lease) {
        let sql = "UPDATE sys_job SET lease_until = lease_until \
                   WHERE id = $1 AND attempts = $2 AND state = 'running' AND cancel_requested = $3";
        unit.parts.insert(0, one_row(sql, vec![lease.job.into(), lease.attempt.into(), false.into()], stopped()));
    }
    unit
}

fn one_row(sql: &'static str, params: Vec<guanxi_model::Cell>, error: Error) -> Part {
    let expect = Expect::OneChange(OnFail::Is(WriteError::Other(error)));
    Part::Step(Step { expect, ..step(sql, params) })
}

fn stopped() -> Error {
    Error::new(
        ErrorKind::Conflict,
        JOB_STOPPED,
        "该任务已取消或由其他进程接手，未写入。",
        "The job was cancelled or taken over by another process; nothing was written.",
    )
}

impl Store {
    /// Sets a setting of the organisation on behalf of a job, as [`Store::setting_set`], also when the job was asked to stop.
    ///
    /// # Errors
    /// `lease_lost` if somebody else has claimed the job since; then nothing is set.
    pub async fn setting_set_held(&self, lease: Lease, key: &str, body: &str) -> Result<()> {
        let held = "UPDATE sys_job SET lease_until = lease_until WHERE id = $1 AND attempts = $2 AND state = 'running'";
        let put = "INSERT INTO sys_setting (key, body) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET body = excluded.body";
        let fence = one_row(held, cells![lease.job, lease.attempt], crate::sys::lease_lost());
        let unit = Unit { parts: vec![fence, Part::Step(step(put, cells![key, body]))], ..Unit::default() };
        self.submit(unit).await.map(|_| ()).map_err(WriteError::into_error)
    }
}
