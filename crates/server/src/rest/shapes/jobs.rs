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

/// How a file can be shown.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum FilePreviewKind {
    /// As a picture, from the address of its inline content.
    Image,
    /// By the browser's PDF viewer.
    Pdf,
    /// By the browser's player.
    Audio,
    /// By the browser's player.
    Video,
    /// `text` as it is.
    Text,
    /// `text` as Markdown.
    Markdown,
    /// `blocks`.
    Document,
    /// Not at all; `reason` says why.
    None,
}

/// What can be seen of a file.
#[derive(ToSchema)]
pub struct FilePreview {
    /// How it can be shown.
    pub kind: FilePreviewKind,
    /// Its text.
    #[schema(required)]
    pub text: Option<String>,
    /// Its headings, paragraphs and tables.
    pub blocks: Vec<FileBlock>,
    /// Whether the file has more than this.
    pub truncated: bool,
    /// Why there is nothing to see: `too_large`, `unknown_format` or `broken`.
    #[schema(required)]
    pub reason: Option<String>,
}

/// A piece of a document.
#[derive(ToSchema)]
pub struct FileBlock {
    /// `heading`, `paragraph` or `table`.
    pub kind: String,
    /// Of a heading or a paragraph.
    #[schema(required)]
    pub text: Option<String>,
    /// Of a table.
    #[schema(required)]
    pub rows: Option<Vec<Vec<String>>>,
}

/// Why a user is told something.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A record became the user's.
    Assigned,
    /// Somebody wrote `@` and the user's name.
    Mentioned,
    /// Somebody else changed a record of the user's, or did something about it.
    Changed,
    /// A job of the user's has ended.
    Job,
}

/// Something a user is told.
#[derive(ToSchema)]
pub struct Notification {
    /// Id, a decimal number.
    pub id: String,
    /// Why.
    pub kind: NotificationKind,
    /// When, RFC 3339.
    pub at: String,
    /// Whether it was read.
    pub read: bool,
    /// Who did it.
    #[schema(required)]
    pub by: Option<Person>,
    /// `create`, `update`, `delete` or `restore`.
    #[schema(required)]
    pub op: Option<String>,
    /// The record's object.
    #[schema(required)]
    pub object: Option<String>,
    /// The record's id.
    #[schema(required)]
    pub record_id: Option<String>,
    /// Its name now.
    #[schema(required)]
    pub record_name: Option<String>,
    /// What the record itself is about, for activities.
    #[schema(required)]
    pub about_id: Option<String>,
    /// Whether it is in the recycle bin.
    pub deleted: bool,
    /// Labels of the changed fields.
    pub fields: Vec<String>,
    /// What was done about the record: an object's name.
    #[schema(required)]
    pub activity: Option<String>,
    /// The job.
    #[schema(required)]
    pub job: Option<Job>,
}

/// A page of notifications, newest first.
#[derive(ToSchema)]
pub struct NotificationPage {
    /// The notifications.
    pub notifications: Vec<Notification>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// How many are unread, 100 at most.
    pub unread: u32,
}
