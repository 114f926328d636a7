//! Jobs and files.

use utoipa::ToSchema;

use super::Record;
use super::people::Person;
use crate::problem::Problem;

/// How far a job is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum JobState {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// It is done.
    Succeeded,
    /// It failed for good.
    Failed,
    /// Someone stopped it.
    Cancelled,
}

/// A piece of background work.
#[derive(ToSchema)]
pub struct Job {
    /// Id.
    pub id: String,
    /// Kind: `import`, `export`, `undo_import` …
    pub kind: String,
    /// A line for people.
    pub title: String,
    /// How far it is.
    pub state: JobState,
    /// Steps done.
    pub done: i64,
    /// Steps in all.
    #[schema(required)]
    pub total: Option<i64>,
    /// When it was queued.
    pub created_at: String,
    /// When it began.
    #[schema(required)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required)]
    pub finished_at: Option<String>,
    /// Who queued it.
    #[schema(required)]
    pub created_by: Option<Person>,
    /// How often it has been tried.
    pub attempts: i64,
    /// Why it failed.
    #[schema(required)]
    pub error: Option<Problem>,
    /// What came out.
    #[schema(required)]
    pub result: Option<Record>,
}

/// A page of jobs, newest first.
#[derive(ToSchema)]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
}

/// A file.
#[derive(ToSchema)]
pub struct FileInfo {
    /// The record's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Bytes of the newest version.
    pub size: i64,
    /// What its extension says it holds.
    pub content_type: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Number of the newest version, from 1.
    pub version: i64,
    /// The record it hangs on.
    #[schema(required)]
    pub related_to_id: Option<String>,
}

/// A version of a file.
#[derive(ToSchema)]
pub struct FileVersion {
    /// Number, from 1.
    pub version: i64,
    /// Bytes.
    pub size: i64,
    /// What its extension says it holds.
    pub content_type: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// When, RFC 3339.
    pub created_at: String,
    /// By whom: the user's id.
    pub created_by_id: String,
}

/// The versions of a file, newest first.
#[derive(ToSchema)]
pub struct FileVersions {
    /// The versions.
    pub versions: Vec<FileVersion>,
}
