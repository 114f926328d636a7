//! What users are told: a record was assigned to them, somebody mentioned them, a record of theirs was changed by somebody else, a job
//! of theirs has ended.
//!
//! The first three come from the change log: [`Reader`] follows it with a durable cursor. What it makes of a place in the log is
//! stored together with the cursor and found again by its key, so that reading a place twice, or on two nodes, tells nothing twice.
//! A notification holds ids, no names and no values: what it shows is read with the rights of its reader at the time of reading, and
//! one whose record the reader may not see is neither shown nor counted.

mod preferences;
mod reader;
mod show;
mod told;

use std::sync::Arc;

use guanxi_model::{Ctx, Error, FieldError, RecordId, Result};
use guanxi_store::sys;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::Organisation;

pub use preferences::{preferences, set_preferences};
pub use reader::{Reader, Running};
pub use show::{List, Shown, list, unread};

/// Why a user is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A record became the user's.
    Assigned,
    /// Somebody wrote `@` and the user's name.
    Mentioned,
    /// Somebody else changed a record of the user's, or did something about it.
    Changed,
    /// A job of the user's has ended.
    Job,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Assigned, Kind::Mentioned, Kind::Changed, Kind::Job];

    /// Its name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Assigned => "assigned",
            Kind::Mentioned => "mentioned",
            Kind::Changed => "changed",
            Kind::Job => "job",
        }
    }

    fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a notification keeps of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    /// Who did it.
    #[serde(default)]
    by: i64,
    /// `create`, `update`, `delete` or `restore`.
    #[serde(default)]
    op: String,
    /// API names of the changed fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// What was done about the record: the new record's object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activity: Option<String>,
    /// That record: who may not see it is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<i64>,
    /// The job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<i64>,
}

/// The most notifications marked one by one in one call.
pub const MAX_MARKED: usize = 500;

/// The users that something new was just told, for open event streams of this process.
pub type Told = Arc<[RecordId]>;

/// Hears of what is told from now on.
pub fn follow(org: &Organisation) -> broadcast::Receiver<Told> {
    org.told().subscribe()
}

/// Stores what is told and lets open event streams know.
async fn tell(org: &Organisation, new: Vec<sys::Notification>, cursor: Option<(&str, i64)>) -> Result<()> {
    org.store().notifications_put(&new, cursor).await?;
    if !new.is_empty() {
        // Nobody listens when no stream is open.
        let _ = org.told().send(new.iter().map(|n| n.user).collect());
    }
    Ok(())
}

/// Tells a job's creator that it has ended. Told before the end is recorded, and once however often it is: a crash between the two
/// loses nothing.
pub(crate) async fn job_ended(org: &Organisation, job: i64, user: RecordId) -> Result<()> {
    if !preferences::wants(org, user, Kind::Job).await? {
        return Ok(());
    }
    let body = Body { job: Some(job), ..Body::default() };
    let told = sys::Notification {
        id: 0,
        user,
        key: format!("job:{job}"),
        seq: 0,
        kind: Kind::Job.name().to_owned(),
        at: org.now_us(),
        record: RecordId(0),
        body: serde_json::to_string(&body).map_err(Error::internal)?,
        read_at: None,
    };
    tell(org, vec![told], None).await
}

/// Marks the signed-in user's notifications as read: these, or all up to the newest shown.
///
/// # Errors
/// 400 for an id that is none; 422 for more than [`MAX_MARKED`].
pub async fn mark_read(org: &Organisation, ctx: &Ctx, ids: Option<&[String]>, up_to: Option<&str>) -> Result<()> {
    let parse = |id: &str| {
        id.parse::<i64>().map_err(|_| Error::bad_request("bad_id", "通知编号无效。", "The id of a notification is a decimal number."))
    };
    if ids.is_some_and(|ids| ids.len() > MAX_MARKED) {
        let (zh, en) = (format!("最多 {MAX_MARKED} 个"), format!("must be at most {MAX_MARKED}"));
        return Err(Error::field(FieldError::new("ids", "out_of_range", zh, en)));
    }
    let ids = ids.map(|ids| ids.iter().map(|id| parse(id)).collect::<Result<Vec<i64>>>()).transpose()?;
    let up_to = up_to.map(parse).transpose()?.unwrap_or(i64::MAX);
    org.store().notifications_read(ctx.user, up_to, ids.as_deref()).await?;
    let _ = org.told().send(Arc::from([ctx.user]));
    Ok(())
}
