//! The worker: claims jobs with a lease, runs their handlers, renews the lease meanwhile, tries again with growing pauses.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guanxi_model::{Ctx, Door, Error, ErrorKind, Result, Schema};
use guanxi_store::sys::{self, Lease};
use guanxi_store::{Heads, JOB_STOPPED, under_lease};
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::context::{CANCELLED, JobCtx, Progress};
use super::queue::{kept_error, take_lang};
use crate::{Organisation, audit, bulk_edit, colleagues, erasure, export, import, notifications, sharing, undo, users};

/// What runs a job of one kind.
pub type Handler = Arc<dyn Fn(JobCtx) -> BoxFuture<'static, Result<Value>> + Send + Sync>;

/// How long a claim lasts without being renewed.
pub(super) const LEASE_US: i64 = 30_000_000;

/// How often progress is written at most; also how soon a wish to stop is seen at the latest, times four.
const TICK: Duration = Duration::from_millis(250);

/// How long an idle worker waits before it looks again.
const POLL: Duration = Duration::from_secs(1);

/// Shortens the wait of the workers of this process; what is due is always read from the store.
static WAKE: Notify = Notify::const_new();

/// Wakes the workers of this process.
pub(super) fn wake() {
    WAKE.notify_waiters();
}

/// Runs jobs by the handlers registered for their kinds.
#[derive(Clone)]
pub struct Worker {
    handlers: HashMap<&'static str, Handler>,
}

/// A worker that runs in the background until it is stopped.
pub struct Running {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
    notifications: notifications::Running,
}

impl Running {
    /// Takes no further jobs and waits for the one that runs.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the worker ended badly");
        }
        self.notifications.stop().await;
    }
}

impl Default for Worker {
    fn default() -> Worker {
        Worker::new()
    }
}

impl Worker {
    /// A worker that knows the product's own kinds of jobs.
    pub fn new() -> Worker {
        let none = Worker { handlers: HashMap::new() };
        none.with(import::IMPORT, Arc::new(|job| import::run_import(job, false).boxed()))
            .with(import::DRY_RUN, Arc::new(|job| import::run_import(job, true).boxed()))
            .with(import::UNDO, Arc::new(|job| import::run_undo(job).boxed()))
            .with(sharing::APPLY, Arc::new(|job| sharing::run(job).boxed()))
            .with(bulk_edit::BULK_EDIT, Arc::new(|job| bulk_edit::run(job).boxed()))
            .with(undo::UNDO, Arc::new(|job| undo::run(job).boxed()))
            .with(erasure::WIPE, Arc::new(|job| erasure::wipe(job).boxed()))
            .with(audit::POST, Arc::new(|job| audit::run_post(job).boxed()))
            .with(export::EXPORT, Arc::new(|job| export::run_export(job).boxed()))
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
        let name = name(org);
        let mut ran = 0;
        while self.run_one(org, &name).await? {
            ran += 1;
        }
        Ok(ran)
    }

    /// Runs the organisation's jobs in the background, and tells users what the change log has for them.
    pub fn start(&self, org: &Organisation) -> Running {
        let notifications = notifications::Reader::new(org).start();
        let (stop, mut stopped) = watch::channel(false);
        let (worker, org) = (self.clone(), org.clone());
        let task = tokio::spawn(async move {
            let name = name(&org);
            while !*stopped.borrow() {
                let woken = WAKE.notified();
                match worker.run_one(&org, &name).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "jobs could not be claimed"),
                }
                tokio::select! {
                    () = woken => {}
                    _ = stopped.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        });
        Running { stop, task, notifications }
    }

    /// Runs one due job; says whether there was one.
    async fn run_one(&self, org: &Organisation, name: &str) -> Result<bool> {
        let kinds: Vec<&str> = self.handlers.keys().copied().collect();
        let Some((lease, job)) = org.store().job_claim(name, &kinds, LEASE_US).await? else { return Ok(false) };
        let (kind, id, creator) = (job.kind.clone(), job.id, job.created_by);
        let last_try = job.attempts >= job.max_attempts;
        let progress = Arc::new(Progress::new(job.done, job.total));
        let outcome = self.handle(org, lease, job, &progress).await;
        if TOLD.contains(&kind.as_str())
            && !progress.lost.load(Ordering::Relaxed)
            && ends(&outcome, last_try)
            && let Err(error) = notifications::job_ended(org, id, creator).await
        {
            tracing::warn!(%error, kind, id, "the creator of a job could not be told of its end");
        }
        if let Err(error) = close(org, lease, outcome, &progress).await {
            tracing::warn!(%error, kind, id, "the end of a job could not be recorded");
        }
        Ok(true)
    }

    /// Runs the handler and keeps its lease until it ends. Where its creator loses rights meanwhile it is stopped.
    async fn handle(&self, org: &Organisation, lease: Lease, mut job: sys::Job, progress: &Arc<Progress>) -> Result<Value> {
        let handler = self.handlers.get(job.kind.as_str()).ok_or_else(|| Error::internal("a job of an unknown kind"))?;
        let asked_in = take_lang(&mut job.payload);
        let mut rights = Rights::of(org, &job).await?;
        let ctx = Ctx { lang: asked_in.unwrap_or(rights.ctx.lang), ..rights.ctx.clone() };
        let mut revoked = None;
        let context = JobCtx { org: org.clone(), ctx, lease, id: job.id, payload: job.payload.clone(), state: Arc::clone(progress) };
        let mut work = AbortOnDrop(tokio::spawn(under_lease(lease, handler(context))));
        let (mut written, mut ticks) = (progress.read(), 0u32);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tokio::select! {
                ended = &mut work.0 => {
                    let outcome = ended.unwrap_or_else(|error| Err(Error::internal(error)));
                    let stopped = matches!(&outcome, Err(error) if error.code == CANCELLED);
                    return if stopped { revoked.map_or(outcome, Err) } else { outcome };
                }
                _ = tick.tick() => {
                    // What follows from a change that an administrator has made is done to the end.
                    if revoked.is_none() && job.kind != sharing::APPLY {
                        revoked = rights.lost(org, &job).await;
                    }
                    if revoked.is_some() {
                        progress.cancelled.store(true, Ordering::Relaxed);
                    }
                    let now = progress.read();
                    ticks += 1;
                    if now == written && !ticks.is_multiple_of(4) {
                        continue;
                    }
                    written = now;
                    renew(org, lease, progress, now).await;
                }
            }
        }
    }
}

/// The rights with which a job runs, and when they were read.
struct Rights {
    ctx: Ctx,
    heads: Heads,
    schema: Arc<Schema>,
}

impl Rights {
    async fn of(org: &Organisation, job: &sys::Job) -> Result<Rights> {
        let heads = org.heads().await?;
        Ok(Rights { ctx: creator(org, job).await?, heads, schema: org.schema() })
    }

    /// Why the job must not go on, if the creator has lost any of them. What was gained is given to the next job.
    async fn lost(&mut self, org: &Organisation, job: &sys::Job) -> Option<Error> {
        match self.still_hold(org, job).await {
            Ok(true) => None,
            Ok(false) => Some(Error::new(
                ErrorKind::Forbidden,
                "rights_changed",
                "任务执行期间您的权限发生了变化，任务已停止；请重新开始。",
                "Your rights have changed while the job ran, so it was stopped; please start it again.",
            )),
            Err(error) if error.kind == ErrorKind::Forbidden => Some(error),
            Err(error) => {
                // The lease says whether the store is away for too long.
                tracing::warn!(%error, job = job.id, "the rights of a job's creator could not be read");
                None
            }
        }
    }

    async fn still_hold(&mut self, org: &Organisation, job: &sys::Job) -> Result<bool> {
        let (heads, schema) = (org.heads().await?, org.schema());
        if heads.people == self.heads.people && Arc::ptr_eq(&schema, &self.schema) {
            return Ok(true);
        }
        let now = Rights::of(org, job).await?;
        let hold = now.ctx.role == self.ctx.role
            && now.ctx.permission_sets == self.ctx.permission_sets
            && now.schema.roles == self.schema.roles
            && now.schema.sharing == self.schema.sharing
            && now.schema.settings.standard_user_scope == self.schema.settings.standard_user_scope
            && now.ctx.colleagues.has_all_of(&self.ctx.colleagues);
        if hold {
            (self.heads, self.schema) = (now.heads, now.schema);
        }
        Ok(hold)
    }
}

/// A handler ends with whoever keeps its lease.
struct AbortOnDrop(tokio::task::JoinHandle<Result<Value>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn renew(org: &Organisation, lease: Lease, progress: &Progress, (done, total): (i64, Option<i64>)) {
    match org.store().job_renew(lease, LEASE_US, done, total).await {
        Ok(cancel) => drop(progress.cancelled.fetch_or(cancel, Ordering::Relaxed)),
        Err(error) if error.code == "lease_lost" => progress.lost.store(true, Ordering::Relaxed),
        Err(error) => tracing::warn!(%error, job = lease.job, "a lease could not be renewed"),
    }
}

/// Kinds of jobs whose end their creator is told: those that one does not wait for.
const TOLD: [&str; 5] = [import::IMPORT, import::UNDO, export::EXPORT, bulk_edit::BULK_EDIT, undo::UNDO];

/// Whether this is the job's end, and not one that its creator asked for.
fn ends(outcome: &Result<Value>, last_try: bool) -> bool {
    let Err(error) = outcome else { return true };
    let asked_for = error.code == CANCELLED || error.code == JOB_STOPPED;
    // Whoever has the lease now tells.
    let elsewhere = error.code == "lease_lost";
    !asked_for && !elsewhere && (last_try || !is_passing(error))
}

/// Records how a job ended, with its last progress.
async fn close(org: &Organisation, lease: Lease, outcome: Result<Value>, progress: &Progress) -> Result<()> {
    if progress.lost.load(Ordering::Relaxed) {
        return Ok(());
    }
    let (done, total) = progress.read();
    let stop = org.store().job_renew(lease, LEASE_US, done, total).await?;
    match outcome {
        Ok(result) => org.store().job_finish(lease, Some(&result), false).await,
        Err(error) if error.code == CANCELLED || (stop && error.code == JOB_STOPPED) => org.store().job_finish(lease, None, true).await,
        Err(error) => {
            tracing::warn!(%error, internal = error.internal.as_deref(), job = lease.job, "a job failed");
            org.store().job_fail(lease, &kept_error(&error), !is_passing(&error)).await.map(|_| ())
        }
    }
}

/// Whether another attempt may succeed.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unavailable | ErrorKind::NoSpace | ErrorKind::Internal | ErrorKind::RateLimited)
}

/// The context of a job: its creator with the rights of now.
async fn creator(org: &Organisation, job: &sys::Job) -> Result<Ctx> {
    let user = users::by_id(org, job.created_by).await?.filter(|u| u.active).ok_or_else(|| {
        Error::forbidden(
            "创建此任务的用户已停用或删除，任务未执行。",
            "The user who made this job was deactivated or deleted; the job was not run.",
        )
    })?;
    Ok(Ctx {
        colleagues: colleagues::of(org, &user).await?,
        user: user.id,
        role: user.role,
        permission_sets: user.permission_sets,
        door: Door::System,
        entry: guanxi_model::Entry::default(),
        lang: user.language.unwrap_or_default(),
        now_us: org.now_us(),
        time_zone: user.time_zone.unwrap_or_else(|| org.schema().settings.time_zone.clone()),
    })
}

fn name(org: &Organisation) -> String {
    format!("{}-{:08x}", std::process::id(), org.random().positive_i64() & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_told() {
        let failed = |kind, code| Err(Error::new(kind, code, "", ""));
        assert!(ends(&Ok(Value::Null), false));
        assert!(ends(&failed(ErrorKind::Validation, "validation"), false));
        assert!(!ends(&failed(ErrorKind::Unavailable, "unavailable"), false), "there is another attempt");
        assert!(ends(&failed(ErrorKind::Unavailable, "unavailable"), true), "that was the last one");
        for code in [CANCELLED, JOB_STOPPED, "lease_lost"] {
            assert!(!ends(&failed(ErrorKind::Conflict, code), true), "{code}");
        }
    }
}
