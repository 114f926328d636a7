//! Why a write was refused.

use guanxi_model::{Error, ObjectNo};

/// Why a change set was not written. Nothing of it is in the database then. `change` is the index of the change in the set.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The record has another version than the writer saw.
    #[error("change {change}: the record has another version")]
    Version {
        /// Index of the change.
        change: usize,
    },
    /// The record is not there, or not where the operation needs it (an update of a deleted record, a restore of a live one).
    #[error("change {change}: the record is gone")]
    Gone {
        /// Index of the change.
        change: usize,
    },
    /// Another live record has the same value in a unique column.
    #[error("change {change}: column {column} has this value already")]
    Duplicate {
        /// Index of the change.
        change: usize,
        /// Physical name of the column; `id` where the record's id itself is taken.
        column: String,
    },
    /// A guard found that the record that a field points at does not exist or is deleted.
    #[error("change {change}: field {field} points at no live record")]
    Missing {
        /// Index of the change.
        change: usize,
        /// API name of the field.
        field: String,
    },
    /// A guard found a live record that still points at the one that should go.
    #[error("change {change}: records of object {object} point at it")]
    Referenced {
        /// Index of the change.
        change: usize,
        /// The object of the pointing record.
        object: ObjectNo,
    },
    /// The idempotency key was used before; read what was answered with [`crate::Store::idempotency`].
    #[error("the idempotency key was used before")]
    IdempotencyKey,
    /// Anything else: `unavailable`, `no_space`, `internal`.
    #[error(transparent)]
    Other(#[from] Error),
}

impl WriteError {
    /// As an error of the domain, for callers whose writes cannot conflict.
    pub fn into_error(self) -> Error {
        match self {
            WriteError::Other(error) => error,
            other => Error::internal(other),
        }
    }
}
