//! Checkpoints outside: the last signed one is posted or mailed to an address of the administrators' choice, so that what it covers can be
//! proved even against whoever has this machine. By the jobs: tried again with growing pauses, then given up until the next time.

use guanxi_access::{Policy, sensitive};
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Door, Error, FieldError, Label, Result};
use guanxi_store::sys::JobState;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::events::{self, About, Kind, check_right};
use super::key::KeyFiles;
use super::note::size_of;
use crate::Organisation;
use crate::jobs::{self, JobCtx, NewJob};
use crate::mail::Mail;
use crate::write::normalise;

/// Kind of the job.
pub(crate) const POST: &str = "audit_post";

/// Settings: what is wanted; what was done last; what went wrong since; the job that is under way.
const SETTING: &str = "audit_posting";
const POSTED: &str = "audit_posted";
const FAILED: &str = "audit_posting_error";
const ASKED: &str = "audit_posting_job";

/// How the address of a mail begins.
const MAILTO: &str = "mailto:";

/// How often a checkpoint is tried to be posted.
const ATTEMPTS: i64 = 5;

/// How long after one was given up the next is tried at the earliest, in microseconds.
const AFTER_FAILURE_US: i64 = 600_000_000;

/// How often a checkpoint is posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each new one, as soon as the one before has arrived.
    Checkpoint,
    /// The newest, at most once an hour.
    #[default]
    Hour,
    /// The newest, at most once a day.
    Day,
}

impl Every {
    fn us(self) -> i64 {
        match self {
            Every::Checkpoint => 0,
            Every::Hour => 3_600_000_000,
            Every::Day => 86_400_000_000,
        }
    }
}

/// What administrators want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Wanted {
    url: String,
    every: Every,
}

/// What was posted last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Posted {
    url: String,
    at: i64,
    size: u64,
}

/// The job under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    job: i64,
    at: i64,
    url: String,
}

/// Where checkpoints go, and how that went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Posting {
    /// The address; for those who may not change it, only which server it is. `null` if checkpoints go nowhere.
    pub url: Option<String>,
    /// How often.
    pub every: Every,
    /// When one was last taken, RFC 3339.
    pub posted_at: Option<String>,
    /// How many entries that one covers.
    pub posted_size: Option<u64>,
    /// Why the last attempt went wrong: a problem; `null` if it did not.
    pub error: Option<Value>,
    /// When it went wrong, RFC 3339.
    pub failed_at: Option<String>,
}

/// Where checkpoints go, and how that went.
///
/// # Errors
/// 403.
pub async fn posting(org: &Organisation, ctx: &Ctx) -> Result<Posting> {
    check_right(org, ctx)?;
    let wanted: Option<Wanted> = read(org, SETTING).await?;
    let url = wanted.as_ref().map(|wanted| wanted.url.clone());
    let posted: Option<Posted> = read(org, POSTED).await?.filter(|posted: &Posted| Some(&posted.url) == url.as_ref());
    let failed: Option<Value> = read(org, FAILED).await?.filter(|_| wanted.is_some());
    let administrator = Policy::of(ctx, &org.schema()).administrator();
    Ok(Posting {
        every: wanted.map(|wanted| wanted.every).unwrap_or_default(),
        url: url.map(|url| if administrator { url } else { server(&url) }),
        posted_at: posted.as_ref().map(|posted| time_text(posted.at)),
        posted_size: posted.map(|posted| posted.size),
        failed_at: failed.as_ref().and_then(|failed| failed["at"].as_i64()).map(time_text),
        error: failed.map(|failed| jobs::problem(ctx.lang, &failed["error"])),
    })
}

/// Sends checkpoints to an address from now on, beginning with the last one; without an address, nowhere.
///
/// # Errors
/// 403 for others than administrators; validation of the address.
pub async fn set_posting(org: &Organisation, ctx: &Ctx, url: Option<&str>, every: Every) -> Result<Posting> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden("只有管理员可以修改检查点的外发设置。", "Only administrators may change where checkpoints go."));
    }
    sensitive::require(ctx)?;
    let wanted = url.map(|url| understood(org, url)).transpose()?.map(|url| Wanted { url, every });
    if wanted.as_ref().is_some_and(|wanted| wanted.url.starts_with(MAILTO) && wanted.every == Every::Checkpoint) {
        let (zh, en) = ("检查点邮件最多每小时一封", "checkpoints are mailed once an hour at most");
        return Err(Error::field(FieldError::new("every", "too_often", zh, en)));
    }
    let before: Option<Wanted> = read(org, SETTING).await?;
    // What stands behind the server's name may be a secret that lets its holder post.
    let told = |wanted: &Option<Wanted>| wanted.as_ref().map(|wanted| json!({ "server": server(&wanted.url), "every": wanted.every }));
    let event = events::event(org, ctx, Kind::AuditPosting, About::Nothing, json!({ "before": told(&before), "after": told(&wanted) }));
    let body = wanted.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
    org.store().setting_set_noted(SETTING, body.as_deref(), &event).await?;
    org.store().setting_set(FAILED, None).await?;
    when_due(org).await?;
    posting(org, ctx).await
}

/// The address in its standard form: an `https` one, or `mailto:` and an e-mail address.
fn understood(org: &Organisation, url: &str) -> Result<String> {
    match url.trim().strip_prefix(MAILTO) {
        Some(to) => Ok(format!("{MAILTO}{}", normalise::email_address("url", to).map_err(Error::field)?)),
        None => org.outside().address("url", url).map(|url| url.to_string()),
    }
}

/// Mails a checkpoint.
async fn mail(org: &Organisation, to: &str, note: String, size: u64) -> Result<()> {
    let subject = format!("审计日志检查点 / Audit log checkpoint: {} ({size})", org.schema().settings.organisation);
    org.mailer().deliver(org, Mail { user: org.system_ctx(Door::System).user, to: to.to_owned(), subject, body: note }).await
}

/// Scheme, host and port of an address; an e-mail address as a whole.
fn server(url: &str) -> String {
    if url.starts_with(MAILTO) {
        return url.to_owned();
    }
    url.parse::<reqwest::Url>().map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Queues the last checkpoint for posting if there is a new one and its time has come. The machine with the key does it, which makes them.
pub(super) async fn when_due(org: &Organisation) -> Result<()> {
    let Some(wanted) = read::<Wanted>(org, SETTING).await? else { return Ok(()) };
    if KeyFiles::of(org).map(|files| files.signer()).transpose()?.flatten().is_none() {
        return Ok(());
    }
    let Some(size) = org.store().audit_tree().await?.checkpoint.as_deref().and_then(size_of) else { return Ok(()) };
    let now = org.now_us();
    let posted: Option<Posted> = read(org, POSTED).await?.filter(|posted: &Posted| posted.url == wanted.url);
    if posted.as_ref().is_some_and(|posted| posted.size == size || now < posted.at + wanted.every.us()) {
        return Ok(());
    }
    if let Some(asked) = read::<Asked>(org, ASKED).await? {
        let state = org.store().job(asked.job).await?.map(|job| job.state);
        let under_way = matches!(state, Some(JobState::Queued | JobState::Running));
        let given_up =
            state == Some(JobState::Failed) && asked.url == wanted.url && now < asked.at + AFTER_FAILURE_US.max(wanted.every.us());
        if under_way || given_up {
            return Ok(());
        }
    }
    let title = Label::new("外发审计日志检查点", "Post the audit log’s checkpoint");
    let job = NewJob { kind: POST, title, payload: json!({}), max_attempts: ATTEMPTS };
    let job = jobs::enqueue(org, &org.system_ctx(Door::System), job).await?;
    write(org, ASKED, &Asked { job: job.id.parse().map_err(Error::internal)?, at: now, url: wanted.url }).await
}

/// Posts the last checkpoint.
pub(crate) async fn run(job: JobCtx) -> Result<Value> {
    let org = &job.org;
    let Some(wanted) = read::<Wanted>(org, SETTING).await? else { return Ok(Value::Null) };
    let Some(note) = org.store().audit_tree().await?.checkpoint else { return Ok(Value::Null) };
    let size = size_of(&note).unwrap_or(0);
    job.hold().await?;
    let sent = match wanted.url.strip_prefix(MAILTO) {
        Some(to) => mail(org, to, note, size).await,
        None => {
            let url = org.outside().address("url", &wanted.url)?;
            org.outside().post(&url, "text/plain; charset=utf-8", note.into_bytes()).await
        }
    };
    match sent {
        Ok(()) => {
            write(org, POSTED, &Posted { url: wanted.url, at: org.now_us(), size }).await?;
            org.store().setting_set(FAILED, None).await?;
            Ok(json!({ "size": size }))
        }
        Err(error) => {
            let kept: Value = serde_json::from_str(&jobs::kept_error(&error)).map_err(Error::internal)?;
            write(org, FAILED, &json!({ "at": org.now_us(), "error": kept })).await?;
            Err(error)
        }
    }
}

async fn read<T: serde::de::DeserializeOwned>(org: &Organisation, key: &str) -> Result<Option<T>> {
    let found = org.store().setting(key).await?;
    Ok(found.and_then(|body| serde_json::from_str(&body).ok()))
}

async fn write(org: &Organisation, key: &str, body: &impl Serialize) -> Result<()> {
    org.store().setting_set(key, Some(&serde_json::to_string(body).map_err(Error::internal)?)).await
}
