//! The write door: every change of a record, from whichever way in, goes authorise → normalise → default → validate → duplicate
//! check → stage → one transaction of rows and change log.

mod batch;
pub(crate) mod build;
pub(crate) mod delete;
pub mod normalise;
mod phone;
mod row;
pub(crate) mod shared;
mod stage;

use guanxi_model::{Ctx, Error, RecordId, Result};
use serde_json::{Map, Value};

pub use row::Row;

use crate::Organisation;

/// One thing to be written. Values are in API form (`docs/api.md`).
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// A new record.
    Create {
        /// The object's API name.
        object: String,
        /// Values by field.
        values: Map<String, Value>,
    },
    /// New values of a record.
    Update {
        /// The record.
        id: RecordId,
        /// The values that change.
        values: Map<String, Value>,
        /// The version the caller has seen; `None` writes over whatever is there.
        version: Option<i64>,
    },
    /// Create, or update the live record that has the same value in `key`.
    Upsert {
        /// The object's API name.
        object: String,
        /// A field that is `unique` or `external_key`.
        key: String,
        /// Values by field, `key` among them.
        values: Map<String, Value>,
    },
    /// To the recycle bin, with what cascades.
    Delete {
        /// The record.
        id: RecordId,
        /// The version the caller has seen.
        version: Option<i64>,
    },
}

/// How a list of operations is written.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether one failure undoes all.
    pub all_or_none: bool,
    /// Continue this change set (imports); otherwise a new one is made.
    pub change_set: Option<i64>,
    /// The client's idempotency key and the SHA-256 of method, path and body. Only for a single operation.
    pub idempotency: Option<(String, Vec<u8>)>,
    /// Check only, write nothing.
    pub dry_run: bool,
    /// The id of a single record that is created, reserved before; only for the first user, who owns and makes herself.
    pub id: Option<RecordId>,
}

/// What became of one operation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A record was made.
    Created(Row),
    /// A record was changed.
    Updated(Row),
    /// The values were those already there; nothing was written.
    Unchanged(Row),
    /// A record went to the recycle bin.
    Deleted(RecordId),
    /// It was refused.
    Failed(Error),
}

/// What became of a list of operations.
#[derive(Clone, Debug)]
pub struct Written {
    /// The change set, for undo.
    pub change_set: i64,
    /// One for each operation, in order.
    pub outcomes: Vec<Outcome>,
    /// Sequence number of the last change committed, 0 if there is none.
    pub last_seq: i64,
    /// The answer of an earlier request with the same idempotency key: status and body. Then nothing was written now.
    pub replay: Option<(u16, String)>,
}

/// The most operations of one call.
pub const MAX_OPERATIONS: usize = 10_000;

/// Writes a list of operations.
///
/// # Errors
/// With `all_or_none`, the first failure (nothing is written); otherwise failures are in the outcomes. 413 over
/// [`MAX_OPERATIONS`]; 409 `idempotency_key_reused` if the key was used with another body.
pub async fn write(org: &Organisation, ctx: &Ctx, operations: Vec<Operation>, options: Options) -> Result<Written> {
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::new(
            guanxi_model::ErrorKind::TooLarge,
            "too_many_operations",
            format!("一次最多 {MAX_OPERATIONS} 项操作，这里有 {} 项。", operations.len()),
            format!("At most {MAX_OPERATIONS} operations in one call; there are {}.", operations.len()),
        ));
    }
    batch::write(org, ctx, operations, options).await
}

/// Writes one operation and gives its outcome; a refusal is an error.
///
/// # Errors
/// As [`write`].
pub async fn write_one(org: &Organisation, ctx: &Ctx, operation: Operation, options: Options) -> Result<Written> {
    let options = Options { all_or_none: true, ..options };
    write(org, ctx, vec![operation], options).await
}
