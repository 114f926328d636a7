//! SQL text of what happens to a whole record (recycle bin, purge) and of guards; the same on both engines. Identifiers are API
//! names, which are safe to quote.

use guanxi_model::Object;
use guanxi_model::change::Op;

/// Puts a live record into the recycle bin. Parameters: deleted_at, updated_at, updated_by_id, id, expected version.
pub(crate) fn delete(object: &Object) -> String {
    format!(
        "UPDATE \"{}\" SET \"deleted_at\" = $1, \"updated_at\" = $2, \"updated_by_id\" = $3, \"version\" = \"version\" + 1 \
         WHERE \"id\" = $4 AND \"version\" = $5 AND \"deleted_at\" IS NULL",
        object.name()
    )
}

/// Takes a record out of the recycle bin. Parameters: updated_at, updated_by_id, id, expected version.
pub(crate) fn restore(object: &Object) -> String {
    format!(
        "UPDATE \"{}\" SET \"deleted_at\" = NULL, \"updated_at\" = $1, \"updated_by_id\" = $2, \"version\" = \"version\" + 1 \
         WHERE \"id\" = $3 AND \"version\" = $4 AND \"deleted_at\" IS NOT NULL",
        object.name()
    )
}

/// Removes a record, live or not. Parameters: id, expected version.
pub(crate) fn purge(object: &Object) -> String {
    format!("DELETE FROM \"{}\" WHERE \"id\" = $1 AND \"version\" = $2", object.name())
}

/// Looks for a record in the state that an operation needs. Parameter: id.
pub(crate) fn probe(object: &Object, op: Op) -> String {
    let state = match op {
        Op::Create | Op::Purge => "",
        Op::Update | Op::Delete => " AND \"deleted_at\" IS NULL",
        Op::Restore => " AND \"deleted_at\" IS NOT NULL",
    };
    format!("SELECT 1 FROM \"{}\" WHERE \"id\" = $1{state}", object.name())
}

/// Looks for a live record whose column holds a value. Parameter: the value.
pub(crate) fn reference(object: &Object, column: &str) -> String {
    format!("SELECT 1 FROM \"{}\" WHERE \"{column}\" = $1 AND \"deleted_at\" IS NULL LIMIT 1", object.name())
}

/// Counts the live records among `n` ids.
pub(crate) fn count_live(object: &Object, n: usize) -> String {
    let marks: Vec<String> = (1..=n).map(|i| format!("${i}")).collect();
    format!("SELECT COUNT(*) FROM \"{}\" WHERE \"id\" IN ({}) AND \"deleted_at\" IS NULL", object.name(), marks.join(", "))
}

/// Stand-in for `guanxi_query::dml::insert` until it is there.
pub(crate) fn insert(object: &Object, columns: &[&str], rows: usize) -> String {
    let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
    let row = |r: usize| format!("({})", (1..=columns.len()).map(|c| format!("${}", r * columns.len() + c)).collect::<Vec<_>>().join(", "));
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("INSERT INTO \"{}\" ({}) VALUES {}", object.name(), names.join(", "), rows.join(", "))
}

/// Stand-in for `guanxi_query::dml::update` until it is there.
pub(crate) fn update(object: &Object, columns: &[&str]) -> String {
    let n = columns.len();
    let sets: String = columns.iter().enumerate().map(|(i, c)| format!("\"{c}\" = ${}, ", i + 1)).collect();
    format!(
        "UPDATE \"{}\" SET {sets}\"updated_at\" = ${}, \"updated_by_id\" = ${}, \"version\" = \"version\" + 1 \
         WHERE \"id\" = ${} AND \"version\" = ${} AND \"deleted_at\" IS NULL",
        object.name(),
        n + 1,
        n + 2,
        n + 3,
        n + 4
    )
}
