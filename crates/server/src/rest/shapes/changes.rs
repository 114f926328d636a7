//! Changes, timelines and the recycle bin.

use utoipa::ToSchema;

use super::people::Person;
use super::{AnyValue, Record};

/// One entry of the change log.
#[derive(ToSchema)]
pub struct Change {
    /// Its place in the log.
    pub seq: i64,
    /// The change set, for undo.
    pub change_set: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    #[schema(required)]
    pub by: Option<Person>,
    /// By which door: `rest`, `import`, `cli`, `system`.
    pub door: String,
    /// What happened.
    pub op: ChangeOp,
    /// The record's object.
    pub object: String,
    /// The record.
    pub id: String,
    /// The record's version after it.
    #[schema(required)]
    pub version: Option<i64>,
    /// The fields that changed.
    pub fields: Vec<ChangedField>,
}

/// What happened to a record.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ChangeOp {
    /// It came to be.
    Create,
    /// Values changed.
    Update,
    /// It went to the recycle bin.
    Delete,
    /// It came back.
    Restore,
    /// It is gone for good.
    Purge,
}

/// A field that changed.
#[derive(ToSchema)]
pub struct ChangedField {
    /// API name.
    pub field: String,
    /// Label.
    #[schema(required)]
    pub label: Option<String>,
    /// The value before.
    #[schema(value_type = AnyValue, required = false)]
    pub old: AnyValue,
    /// The value after.
    #[schema(value_type = AnyValue, required = false)]
    pub new: AnyValue,
}

/// The history of a record, newest first.
#[derive(ToSchema)]
pub struct History {
    /// The changes.
    pub changes: Vec<Change>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
}

/// Changes in the order of their commits.
#[derive(ToSchema)]
pub struct ChangeFeed {
    /// The changes.
    pub changes: Vec<Change>,
    /// Where to go on from (`after`).
    pub next: i64,
}

/// What stands in a timeline.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TimelineKind {
    /// A task.
    Task,
    /// A call.
    Call,
    /// A meeting.
    Meeting,
    /// A note.
    Note,
    /// A mail.
    Email,
    /// A change of the record.
    Change,
    /// A file.
    File,
}

/// One item of a timeline.
#[derive(ToSchema)]
pub struct TimelineItem {
    /// What it is.
    pub kind: TimelineKind,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    #[schema(required)]
    pub by: Option<Person>,
    /// The activity's record.
    #[schema(required)]
    pub record: Option<Record>,
    /// The change.
    #[schema(required)]
    pub change: Option<Change>,
}

/// What happened around a record, newest first.
#[derive(ToSchema)]
pub struct Timeline {
    /// The items.
    pub items: Vec<TimelineItem>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
}

/// A record in the recycle bin.
#[derive(ToSchema)]
pub struct DeletedRecord {
    /// Id.
    pub id: String,
    /// Object.
    pub object: String,
    /// What its name field says.
    #[schema(required)]
    pub name: Option<String>,
    /// When, RFC 3339.
    pub deleted_at: String,
    /// Who.
    #[schema(required)]
    pub deleted_by: Option<Person>,
}

/// A page of the recycle bin.
#[derive(ToSchema)]
pub struct RecycleBin {
    /// The records.
    pub records: Vec<DeletedRecord>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
}
