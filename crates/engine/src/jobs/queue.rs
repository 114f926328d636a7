//! What the API shows of jobs, and how they are put into the queue.

use guanxi_access::Policy;
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Error, ErrorKind, Label, Lang, RecordId, Result, change};
use guanxi_store::sys::{self, NewEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Organisation, users};

/// A person by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// The member of a payload with the language in which the job was asked for: what it writes is in that language.
pub(super) const LANG: &str = "lang";

/// Queues a job and wakes the worker.
///
/// # Errors
/// When the store is away.
pub async fn enqueue(org: &Organisation, ctx: &Ctx, job: NewJob) -> Result<Job> {
    let id = new_id(org).await?;
    enqueue_as(org, ctx, id, job, None).await
}

/// Queues a job that begins no sooner than in so many microseconds.
///
/// # Errors
/// When the store is away.
pub(crate) async fn enqueue_in(org: &Organisation, ctx: &Ctx, after_us: i64, job: NewJob) -> Result<Job> {
    let id = new_id(org).await?;
    put(org, ctx, id, org.now_us() + after_us, job, None).await
}

/// The number of a job that will be queued.
pub(crate) async fn new_id(org: &Organisation) -> Result<i64> {
    org.store().allocate("job", 1).await
}

/// Queues a job under a number from [`new_id`], where the audit log speaks of it with its event.
pub(crate) async fn enqueue_as(org: &Organisation, ctx: &Ctx, id: i64, job: NewJob, event: Option<&NewEvent>) -> Result<Job> {
    put(org, ctx, id, org.now_us(), job, event).await
}

async fn put(org: &Organisation, ctx: &Ctx, id: i64, run_at: i64, mut job: NewJob, event: Option<&NewEvent>) -> Result<Job> {
    if let Some(payload) = job.payload.as_object_mut() {
        payload.insert(LANG.to_owned(), Value::String(ctx.lang.tag().to_owned()));
    }
    let title = serde_json::to_string(&job.title).map_err(Error::internal)?;
    let new = change::NewJob { id, kind: job.kind.to_owned(), title, payload: job.payload, run_at, max_attempts: job.max_attempts };
    org.store().job_enqueue(ctx.user, &new, event).await?;
    super::worker::wake();
    let queued = org.store().job(id).await?.ok_or_else(|| Error::internal("a queued job is not there"))?;
    shown(org, ctx.lang, queued).await
}

/// Jobs, newest first: the user's own, for an administrator all. `before` is the `next` of the page before.
///
/// # Errors
/// When the store is away.
pub async fn list(org: &Organisation, ctx: &Ctx, before: Option<&str>, limit: u32) -> Result<(Vec<Job>, Option<String>)> {
    let all = Policy::of(ctx, &org.schema()).administrator();
    let mut before = before.and_then(|b| b.parse::<i64>().ok());
    let limit = limit.clamp(1, 200);
    let mut found: Vec<sys::Job> = Vec::new();
    // Other users' jobs are passed over, page by page.
    loop {
        let page = org.store().jobs(before, limit).await?;
        let full = page.len() == limit as usize;
        before = page.last().map(|j| j.id);
        found.extend(page.into_iter().filter(|j| all || j.created_by == ctx.user));
        if found.len() >= limit as usize || !full {
            let more = found.len() > limit as usize || full;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|j| j.id.to_string());
            let mut jobs = Vec::with_capacity(found.len());
            for job in found {
                jobs.push(shown(org, ctx.lang, job).await?);
            }
            return Ok((jobs, next));
        }
    }
}

/// One job.
///
/// # Errors
/// 404 when there is none or it is another user's.
pub async fn get(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let job = stored(org, ctx, id).await?;
    shown(org, ctx.lang, job).await
}

/// The stored job, if the user may see it.
pub(crate) async fn stored(org: &Organisation, ctx: &Ctx, id: &str) -> Result<sys::Job> {
    let no_job = || Error::not_found("没有这个任务。", "There is no such job.");
    let id: i64 = id.parse().map_err(|_| no_job())?;
    let mine = |job: &sys::Job| job.created_by == ctx.user || Policy::of(ctx, &org.schema()).administrator();
    let mut job = org.store().job(id).await?.filter(mine).ok_or_else(no_job)?;
    take_lang(&mut job.payload);
    Ok(job)
}

/// Takes the language out of a payload.
pub(super) fn take_lang(payload: &mut Value) -> Option<Lang> {
    let lang = payload.as_object_mut()?.remove(LANG)?;
    lang.as_str().and_then(Lang::from_accept)
}

/// Asks a job to stop: one that waits is cancelled at once, one that runs at its next step.
///
/// # Errors
/// 404 when there is none or it is another user's; 409 `job_finished` when it has ended.
pub async fn cancel(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let job = stored(org, ctx, id).await?;
    if !org.store().job_cancel(job.id).await? {
        return Err(Error::new(
            ErrorKind::Conflict,
            "job_finished",
            "任务已结束，不能取消。",
            "The job has ended and cannot be cancelled.",
        ));
    }
    get(org, ctx, id).await
}

/// A user by id, for the record; none if there is no such user.
pub(crate) async fn person(org: &Organisation, id: RecordId) -> Result<Option<Person>> {
    let user = users::by_id(org, id).await?;
    Ok(user.map(|u| Person { id: org.schema().id_text(u.id), name: u.name }))
}

async fn shown(org: &Organisation, lang: Lang, job: sys::Job) -> Result<Job> {
    let title = serde_json::from_str::<Label>(&job.title).map_or_else(|_| job.title.clone(), |l| l.get(lang).to_owned());
    Ok(Job {
        id: job.id.to_string(),
        title,
        state: job.state.name().to_owned(),
        done: job.done,
        total: job.total,
        created_at: time_text(job.created_at),
        started_at: job.started_at.map(time_text),
        finished_at: job.finished_at.map(time_text),
        created_by: person(org, job.created_by).await?,
        attempts: job.attempts,
        error: job.error.as_deref().and_then(|e| serde_json::from_str(e).ok()).map(|e: Value| problem(lang, &e)),
        result: job.result,
        kind: job.kind,
    })
}

/// An error as it is kept: with both languages.
pub(crate) fn kept_error(error: &Error) -> String {
    let fields: Vec<Value> = error
        .fields
        .iter()
        .map(|f| json!({"field": f.field, "code": f.code, "messages": {"zh-CN": f.message.zh, "en": f.message.en}}))
        .collect();
    json!({"code": error.code, "status": error.kind.status(), "messages": {"zh-CN": error.message.zh, "en": error.message.en}, "errors": fields}).to_string()
}

/// A kept error as a problem of the API.
pub(crate) fn problem(lang: Lang, kept: &Value) -> Value {
    let code = kept["code"].as_str().unwrap_or("internal");
    let known = || match code {
        "lease_lost" => json!({"zh-CN": "任务多次中断，已放弃。", "en": "The job broke off several times and was given up."}),
        _ => Value::Null,
    };
    let messages = if kept["messages"].is_object() { kept["messages"].clone() } else { known() };
    let detail = messages[lang.tag()].clone();
    json!({
        "type": format!("urn:guanxi:problem:{code}"), "title": detail, "status": kept["status"].as_u64().unwrap_or(500), "code": code,
        "detail": detail, "messages": messages, "errors": kept["errors"],
    })
}
