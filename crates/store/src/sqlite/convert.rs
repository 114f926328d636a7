//! Cells to and from SQLite, and SQLite's errors in the words of the domain.

use guanxi_model::{Cell, Error, ErrorKind};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{ErrorCode, ToSql, ffi};

use crate::error::WriteError;

/// A cell as a parameter.
pub(super) struct Param<'a>(pub(super) &'a Cell);

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Bool(b) => ToSqlOutput::Owned(Value::Integer(i64::from(*b))),
            Cell::Int(i) => ToSqlOutput::Owned(Value::Integer(*i)),
            Cell::Text(t) => ToSqlOutput::Borrowed(ValueRef::Text(t.as_bytes())),
        })
    }
}

/// A cell from a result. The schema has no floating point; what an expression makes is rounded if it is whole, else written out.
pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(i) => Cell::Int(i),
        ValueRef::Real(r) if r.fract() == 0.0 && r.abs() < 9e15 => Cell::Int(r as i64),
        ValueRef::Real(r) => Cell::Text(r.to_string()),
        ValueRef::Text(t) | ValueRef::Blob(t) => {
            // Checked in one go: what is not UTF-8 was never written by this program.
            Cell::Text(str::from_utf8(t).map_or_else(|_| String::from_utf8_lossy(t).into_owned(), str::to_owned))
        }
    }
}

/// An error that no caller can cause.
pub(crate) fn fault(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => no_space().because(error),
        Some(ErrorCode::SystemIoFailure) if is_no_space(&error) => no_space().because(error),
        Some(
            ErrorCode::SystemIoFailure | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen | ErrorCode::ReadOnly,
        ) => unavailable().because(error),
        _ => Error::internal(error),
    }
}

/// The shared-memory file of the log could not grow: also a full disk.
fn is_no_space(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| e.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether a commit that failed so leaves it open what is on disk.
pub(super) fn is_doubtful(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) && !is_no_space(error)
}

/// The error of a statement that carries out a change.
pub(super) fn refused(error: rusqlite::Error, change: Option<usize>) -> WriteError {
    match (&error, change) {
        (rusqlite::Error::SqliteFailure(e, Some(text)), Some(change)) if e.code == ErrorCode::ConstraintViolation => {
            match unique_column(text) {
                Some(column) => WriteError::Duplicate { change, column },
                None => fault(error).into(),
            }
        }
        _ => fault(error).into(),
    }
}

/// The column of `UNIQUE constraint failed: account.code` (the first, of several).
fn unique_column(text: &str) -> Option<String> {
    let columns = text.strip_prefix("UNIQUE constraint failed: ")?;
    columns.split(", ").next()?.split_once('.').map(|(_, column)| column.to_owned())
}

/// The database is away for a moment.
pub(crate) fn unavailable() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "store_unavailable",
        "数据库暂时不可用，请稍后再试。",
        "The database is not available at the moment; please try again.",
    )
}

/// The disk is full.
fn no_space() -> Error {
    Error::new(ErrorKind::NoSpace, "no_space", "磁盘空间不足，无法保存。", "The disk is full; nothing was saved.")
}

#[cfg(test)]
mod tests {
    use super::unique_column;

    #[test]
    fn the_column_is_read_from_the_message() {
        assert_eq!(unique_column("UNIQUE constraint failed: account.code").as_deref(), Some("code"));
        assert_eq!(unique_column("NOT NULL constraint failed: account.code"), None);
    }
}
