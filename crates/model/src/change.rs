//! What a write is made of: changes of records, already normalised and validated, with what the change log will say.

use crate::cell::Cell;
use crate::ctx::Door;
use crate::id::{ObjectNo, RecordId};

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// It comes to be.
    Create,
    /// Values change.
    Update,
    /// It goes to the recycle bin.
    Delete,
    /// It comes back from the recycle bin.
    Restore,
    /// It is gone for good.
    Purge,
}

impl Op {
    /// The name in the change log and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Op::Create => "create",
            Op::Update => "update",
            Op::Delete => "delete",
            Op::Restore => "restore",
            Op::Purge => "purge",
        }
    }

    /// The number in the change log.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The operation of a number in the change log.
    pub fn from_code(code: i64) -> Option<Op> {
        [Op::Create, Op::Update, Op::Delete, Op::Restore, Op::Purge].into_iter().find(|op| op.code() == code)
    }
}

/// The record as the writer saw it; the store refuses the change if it is no longer so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its version.
    pub version: i64,
    /// Its owner.
    pub owner: Option<RecordId>,
    /// What the user may do with it otherwise than by its owner.
    pub shared: Shared,
}

/// What a user may do with a record by sharing, whoever owns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// See it.
    pub read: bool,
    /// Edit it.
    pub edit: bool,
    /// Delete it.
    pub delete: bool,
}

/// A change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happens.
    pub op: Op,
    /// The record.
    pub id: RecordId,
    /// The record before; `None` for a create.
    pub before: Option<Before>,
    /// New values by physical column name, without `id`, the times, the users and `version`, which the store sets.
    /// For a create, columns left out are NULL (false for a boolean). `owner_id` is among them when it is set.
    pub values: Vec<(String, Cell)>,
    /// API names of the fields that `values` sets, for the check of field rights.
    pub fields: Vec<String>,
    /// The new owner where it changes (always on a create).
    pub owner: Option<RecordId>,
    /// For the change log: JSON `{"field": [old, new]}` in API form (`{"field": new}` for a create); empty for the others.
    pub diff: String,
}

impl Change {
    /// The object's number.
    pub fn object(&self) -> ObjectNo {
        self.id.object()
    }
}

/// A condition that must hold in the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// These live records exist; `field` of change `change` points at them.
    Exists {
        /// Index of the change.
        change: usize,
        /// API name of the field.
        field: String,
        /// The record.
        target: RecordId,
    },
    /// No live record of `object` has `column` = `target` (a delete that its references restrict).
    Unreferenced {
        /// Index of the change.
        change: usize,
        /// The referencing object.
        object: ObjectNo,
        /// Physical name of its reference column.
        column: String,
        /// The record that goes.
        target: RecordId,
    },
}

/// A write that must happen once however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub hash: Vec<u8>,
    /// The status answered.
    pub status: u16,
    /// The body answered.
    pub body: String,
}

/// A job to be queued in the same transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Id, from the store's counter `job`.
    pub id: i64,
    /// Kind.
    pub kind: String,
    /// A line for people, in both languages, as JSON of [`crate::Label`].
    pub title: String,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// Not before this time, microseconds since the epoch.
    pub run_at: i64,
    /// How many attempts before it fails for good.
    pub max_attempts: i64,
}

/// Changes that are committed together or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    /// Its id; undo names it. Several change sets of one import share one.
    pub id: i64,
    /// Who.
    pub user: RecordId,
    /// By which door.
    pub door: Door,
    /// When, microseconds since the epoch.
    pub at: i64,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// What must hold.
    pub guards: Vec<Guard>,
    /// Whether it must happen once only.
    pub idempotency: Option<Idempotency>,
    /// Jobs to queue with it.
    pub jobs: Vec<NewJob>,
}
