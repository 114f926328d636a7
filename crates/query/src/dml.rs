//! SQL text of record writes. Values are parameters in the order given.
//!
//! On PostgreSQL two transactions could miss each other: one deletes a record while another points at it. Therefore
//! [`lock_live`] locks the records it finds, and a delete updates its row before it asks whether the record is [`referenced`].

use guanxi_model::Object;

use crate::dialect::{Dialect, quote};

/// `$from, $from+1, …`
fn params(from: usize, count: usize) -> String {
    (from..from + count).map(|i| format!("${i}")).collect::<Vec<_>>().join(", ")
}

fn names(columns: &[&str]) -> String {
    columns.iter().map(|c| quote(c)).collect::<Vec<_>>().join(", ")
}

/// `INSERT` of `rows` records into the object's table with these columns (the system columns that have no default among them).
/// Parameters: row by row.
pub fn insert(object: &Object, columns: &[&str], rows: usize, _dialect: Dialect) -> String {
    let mut sql = format!("INSERT INTO {} ({}) VALUES ", quote(object.name()), names(columns));
    for row in 0..rows {
        sql.push_str(if row > 0 { ", " } else { "" });
        sql.push_str(&format!("({})", params(row * columns.len() + 1, columns.len())));
    }
    sql
}

/// How many records of so many columns fit one [`insert`].
pub fn max_rows(columns: usize, dialect: Dialect) -> usize {
    (dialect.max_params() / columns.max(1)).max(1)
}

/// `UPDATE` that sets these columns, then `updated_at`, `updated_by_id`, adds 1 to `version`; parameters after the columns: updated_at,
/// updated_by_id, id, expected version. Only a live record.
pub fn update(object: &Object, columns: &[&str], _dialect: Dialect) -> String {
    let mut sql = format!("UPDATE {} SET ", quote(object.name()));
    for (i, column) in columns.iter().enumerate() {
        sql.push_str(&format!("{} = ${}, ", quote(column), i + 1));
    }
    let n = columns.len();
    sql.push_str(&format!(
        "\"updated_at\" = ${}, \"updated_by_id\" = ${}, \"version\" = \"version\" + 1 WHERE \"id\" = ${} AND \"version\" = ${} AND \"deleted_at\" IS NULL",
        n + 1,
        n + 2,
        n + 3,
        n + 4
    ));
    sql
}

/// Puts a live record into the recycle bin. Parameters: deleted_at, deleted_by_id, id, expected version.
pub fn delete(object: &Object) -> String {
    format!(
        "UPDATE {} SET \"deleted_at\" = $1, \"deleted_by_id\" = $2, \"version\" = \"version\" + 1 WHERE \"id\" = $3 AND \"version\" = $4 AND \"deleted_at\" IS NULL",
        quote(object.name())
    )
}

/// Takes a record out of the recycle bin. Parameters: updated_at, updated_by_id, id, expected version.
pub fn restore(object: &Object) -> String {
    format!(
        "UPDATE {} SET \"deleted_at\" = NULL, \"deleted_by_id\" = NULL, \"updated_at\" = $1, \"updated_by_id\" = $2, \"version\" = \"version\" + 1 WHERE \"id\" = $3 AND \"version\" = $4 AND \"deleted_at\" IS NOT NULL",
        quote(object.name())
    )
}

/// Removes a record of the recycle bin for good. Parameters: id, expected version.
pub fn purge(object: &Object) -> String {
    format!("DELETE FROM {} WHERE \"id\" = $1 AND \"version\" = $2 AND \"deleted_at\" IS NOT NULL", quote(object.name()))
}

/// The ids of those of `count` records that exist and are live. On PostgreSQL they stay so until the transaction ends.
/// Parameters: the ids.
pub fn lock_live(object: &Object, count: usize, dialect: Dialect) -> String {
    let lock = if dialect == Dialect::Postgres { " FOR SHARE" } else { "" };
    format!("SELECT \"id\" FROM {} WHERE \"id\" IN ({}) AND \"deleted_at\" IS NULL{lock}", quote(object.name()), params(1, count))
}

/// One live record of `object` whose `column` points at the record in the parameter, if there is one.
pub fn referenced(object: &Object, column: &str) -> String {
    format!("SELECT \"id\" FROM {} WHERE {} = $1 AND \"deleted_at\" IS NULL LIMIT 1", quote(object.name()), quote(column))
}

/// These columns of `count` records, live or in the recycle bin, in no order. Parameters: the ids.
pub fn select_by_ids(object: &Object, columns: &[&str], count: usize) -> String {
    format!("SELECT {} FROM {} WHERE \"id\" IN ({})", names(columns), quote(object.name()), params(1, count))
}

/// The same, with the rows locked until the transaction ends (PostgreSQL; SQLite has one writer).
pub fn lock_by_ids(object: &Object, columns: &[&str], count: usize, dialect: Dialect) -> String {
    let lock = if dialect == Dialect::Postgres { " FOR UPDATE" } else { "" };
    format!("{}{lock}", select_by_ids(object, columns, count))
}
