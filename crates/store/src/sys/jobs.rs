//! The durable job queue: jobs are claimed with a lease; a job whose lease has run out is claimed again, and what the former
//! holder still says about it is refused (fencing by attempt number); so is what it writes (`fence.rs`).

use guanxi_model::change::NewJob;
use guanxi_model::{Error, ErrorKind, RecordId, Result};
use guanxi_query::Dialect;

use crate::error::WriteError;
use crate::store::Store;
use crate::sys::audit::NewEvent;
use crate::sys::step;
use crate::unit::{Expect, Row, Step, Unit, cells};

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits (perhaps for its time, or for another attempt).
    Queued,
    /// Somebody holds its lease.
    Running,
    /// It is done.
    Succeeded,
    /// It failed for good.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl JobState {
    /// The name in the table and in the API.
    pub fn name(self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Running => "running",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
    }

    fn parse(name: &str) -> Result<JobState> {
        [JobState::Queued, JobState::Running, JobState::Succeeded, JobState::Failed, JobState::Cancelled]
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or_else(|| Error::internal(format!("unknown job state {name}")))
    }
}

/// A job. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id, from the counter `job`.
    pub id: i64,
    /// Kind.
    pub kind: String,
    /// A line for people, JSON of a [`guanxi_model::Label`].
    pub title: String,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// State.
    pub state: JobState,
    /// Not before this time.
    pub run_at: i64,
    /// How often it was claimed.
    pub attempts: i64,
    /// How many attempts before it fails for good.
    pub max_attempts: i64,
    /// Progress: units done.
    pub done: i64,
    /// Progress: units in all, if known.
    pub total: Option<i64>,
    /// Whether somebody asked for it to stop.
    pub cancel_requested: bool,
    /// Until when its lease lasts.
    pub lease_until: Option<i64>,
    /// Who claimed it last.
    pub worker: Option<String>,
    /// When it was queued.
    pub created_at: i64,
    /// Who queued it.
    pub created_by: RecordId,
    /// When its first attempt began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// The last error, JSON.
    pub error: Option<String>,
    /// Its result.
    pub result: Option<serde_json::Value>,
}

/// The right to run a job, from [`Store::job_claim`]. Everything said about a job needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: i64,
    /// The attempt; a later claim makes this lease void.
    pub attempt: i64,
}

const COLUMNS: &str = "id, kind, title, payload, state, run_at, attempts, max_attempts, done, total, cancel_requested, lease_until, \
                       worker, created_at, created_by, started_at, finished_at, error, result";

/// First and longest wait before another attempt, in microseconds: 5 s, doubled each time, up to an hour.
const BACK_OFF_US: (i64, i64) = (5_000_000, 3_600_000_000);

/// What can be claimed at time `$1`: what waits and is due, and what runs without a valid lease.
const CLAIMABLE: &str = "((state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until < $1))";

fn read(row: &mut Row) -> Result<Job> {
    Ok(Job {
        id: row.int()?,
        kind: row.text()?,
        title: row.text()?,
        payload: serde_json::from_str(&row.text()?).map_err(Error::internal)?,
        state: JobState::parse(&row.text()?)?,
        run_at: row.int()?,
        attempts: row.int()?,
        max_attempts: row.int()?,
        done: row.int()?,
        total: row.maybe_int(),
        cancel_requested: row.bool(),
        lease_until: row.maybe_int(),
        worker: row.maybe_text(),
        created_at: row.int()?,
        created_by: RecordId(row.int()?),
        started_at: row.maybe_int(),
        finished_at: row.maybe_int(),
        error: row.maybe_text(),
        result: row.maybe_text().map(|t| serde_json::from_str(&t)).transpose().map_err(Error::internal)?,
    })
}

/// The statement that queues a job.
pub(crate) fn enqueue(user: RecordId, at: i64, job: &NewJob) -> Step {
    let sql = "INSERT INTO sys_job (id, kind, title, payload, state, run_at, attempts, max_attempts, done, cancel_requested, created_at, \
               created_by) VALUES ($1, $2, $3, $4, 'queued', $5, 0, $6, 0, $7, $8, $9)";
    let (kind, title, payload) = (job.kind.as_str(), job.title.as_str(), job.payload.to_string());
    step(sql, cells![job.id, kind, title, payload, job.run_at, job.max_attempts, false, at, user.0])
}

impl Store {
    /// Queues a job that belongs to no change set, where it is to be in the audit log with the event of it.
    pub async fn job_enqueue(&self, user: RecordId, job: &NewJob, event: Option<&NewEvent>) -> Result<()> {
        let unit = Unit::of(vec![enqueue(user, self.now(), job)]);
        let unit = if let Some(event) = event { unit.with_event(event) } else { unit };
        self.submit(unit).await.map(drop).map_err(WriteError::into_error)
    }

    /// Claims the job that has waited longest among `kinds`, for `lease_us` microseconds; `None` if nothing is due. A job that was
    /// asked to stop before it ran, or that has used up its attempts, is closed instead.
    pub async fn job_claim(&self, worker: &str, kinds: &[&str], lease_us: i64) -> Result<Option<(Lease, Job)>> {
        let now = self.now();
        let due = format!("SELECT 1 FROM sys_job WHERE {CLAIMABLE} LIMIT 1");
        if kinds.is_empty() || self.rows(due, cells![now]).await?.cells.is_empty() {
            return Ok(None);
        }
        let close_cancelled = format!(
            "UPDATE sys_job SET state = 'cancelled', finished_at = $1, lease_until = NULL WHERE {CLAIMABLE} AND cancel_requested = $2"
        );
        let close_spent = format!(
            "UPDATE sys_job SET state = 'failed', finished_at = $1, lease_until = NULL, \
             error = COALESCE(error, '{{\"code\": \"lease_lost\"}}') WHERE {CLAIMABLE} AND attempts >= max_attempts"
        );
        let marks: Vec<String> = (0..kinds.len()).map(|i| format!("${}", i + 4)).collect();
        let lock = if self.dialect() == Dialect::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let claim = format!(
            "UPDATE sys_job SET state = 'running', started_at = COALESCE(started_at, $1), attempts = attempts + 1, lease_until = $2, \
             worker = $3 WHERE id = (SELECT id FROM sys_job WHERE {CLAIMABLE} AND kind IN ({}) ORDER BY run_at, id LIMIT 1{lock}) \
             RETURNING {COLUMNS}",
            marks.join(", ")
        );
        let mut params = cells![now, now + lease_us, worker];
        params.extend(kinds.iter().map(|k| (*k).into()));
        let steps = vec![
            step(close_cancelled, cells![now, true]),
            step(close_spent, cells![now]),
            Step { expect: Expect::Rows, ..step(claim, params) },
        ];
        let rows = self.sys_run(steps).await?.rows;
        let job = rows.into_iter().next().unwrap_or_default().read(read)?.pop();
        Ok(job.map(|job| (Lease { job: job.id, attempt: job.attempts }, job)))
    }

    /// Extends a lease and records progress; says whether the job was asked to stop.
    ///
    /// # Errors
    /// `conflict` (code `lease_lost`) if somebody else has claimed the job since.
    pub async fn job_renew(&self, lease: Lease, lease_us: i64, done: i64, total: Option<i64>) -> Result<bool> {
        let sql = "UPDATE sys_job SET lease_until = $1, done = $2, total = $3 WHERE id = $4 AND attempts = $5 AND state = 'running' \
                   RETURNING cancel_requested";
        let params = cells![self.now() + lease_us, done, total, lease.job, lease.attempt];
        let steps = vec![Step { expect: Expect::Rows, ..step(sql, params) }];
        let mut rows = self.sys_run(steps).await?.rows;
        rows.pop().unwrap_or_default().read(|row| Ok(row.bool()))?.pop().ok_or_else(lease_lost)
    }

    /// Ends a job with success, or as cancelled if its handler stopped because it was asked to.
    ///
    /// # Errors
    /// `lease_lost` as [`Store::job_renew`].
    pub async fn job_finish(&self, lease: Lease, result: Option<&serde_json::Value>, cancelled: bool) -> Result<()> {
        let sql = "UPDATE sys_job SET state = $1, finished_at = $2, lease_until = NULL, error = NULL, result = $3 \
                   WHERE id = $4 AND attempts = $5 AND state = 'running'";
        let state = if cancelled { JobState::Cancelled } else { JobState::Succeeded };
        let params = cells![state.name(), self.now(), result.map(ToString::to_string), lease.job, lease.attempt];
        held(self.sys_execute(sql, params).await?)
    }

    /// Records a failed attempt. The job is queued again after a wait that doubles each time, unless it has used up its attempts or
    /// `for_good` is set. `error` is JSON. Returns the state it has now.
    ///
    /// # Errors
    /// `lease_lost` as [`Store::job_renew`].
    pub async fn job_fail(&self, lease: Lease, error: &str, for_good: bool) -> Result<JobState> {
        let sql = "UPDATE sys_job SET state = CASE WHEN attempts >= max_attempts OR $1 THEN 'failed' ELSE 'queued' END, \
                   finished_at = CASE WHEN attempts >= max_attempts OR $1 THEN CAST($2 AS bigint) ELSE NULL END, run_at = $3, \
                   lease_until = NULL, error = $4 WHERE id = $5 AND attempts = $6 AND state = 'running' RETURNING state";
        let wait = BACK_OFF_US.0.saturating_mul(1 << lease.attempt.clamp(1, 20).saturating_sub(1)).min(BACK_OFF_US.1);
        let params = cells![for_good, self.now(), self.now() + wait, error, lease.job, lease.attempt];
        let steps = vec![Step { expect: Expect::Rows, ..step(sql, params) }];
        let mut rows = self.sys_run(steps).await?.rows;
        let state = rows.pop().unwrap_or_default().read(|row| row.text())?.pop().ok_or_else(lease_lost)?;
        JobState::parse(&state)
    }

    /// Asks a job to stop: one that waits is cancelled at once, one that runs sees it at its next [`Store::job_renew`]. Says whether
    /// there is such a job that has not ended.
    pub async fn job_cancel(&self, id: i64) -> Result<bool> {
        let sql = "UPDATE sys_job SET cancel_requested = $1, state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END, \
                   finished_at = CASE WHEN state = 'queued' THEN CAST($2 AS bigint) ELSE NULL END \
                   WHERE id = $3 AND state IN ('queued', 'running')";
        self.sys_execute(sql, cells![true, self.now(), id]).await.map(|count| count > 0)
    }

    /// A job by id.
    pub async fn job(&self, id: i64) -> Result<Option<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_job WHERE id = $1");
        self.rows_as(sql, cells![id], read).await.map(|mut found| found.pop())
    }

    /// Jobs with ids below `before` (`None`: all), newest first, at most `limit`.
    pub async fn jobs(&self, before: Option<i64>, limit: u32) -> Result<Vec<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_job WHERE id < $1 ORDER BY id DESC LIMIT $2");
        self.rows_as(sql, cells![before.unwrap_or(i64::MAX), i64::from(limit)], read).await
    }

    /// The jobs of a kind that wait or run.
    pub async fn jobs_unfinished_of(&self, kind: &str) -> Result<Vec<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_job WHERE state IN ('queued', 'running') AND kind = $1");
        self.rows_as(sql, cells![kind], read).await
    }

    /// How many jobs wait or run.
    pub async fn jobs_unfinished(&self) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM sys_job WHERE state IN ('queued', 'running')";
        self.rows_as(sql, cells![], |row| row.int()).await.map(|found| found.first().copied().unwrap_or(0))
    }
}

fn held(count: u64) -> Result<()> {
    if count == 0 { Err(lease_lost()) } else { Ok(()) }
}

/// Somebody else has claimed the job.
pub(crate) fn lease_lost() -> Error {
    Error::new(ErrorKind::Conflict, "lease_lost", "该任务已由其他进程接手。", "Another process has taken this job over.")
}
