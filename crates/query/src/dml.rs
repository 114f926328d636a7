//! SQL text of record writes. Values are parameters in the order given.
use guanxi_model::Object;

use crate::dialect::Dialect;

/// `INSERT` of `rows` records into the object's table with these columns.
pub fn insert(object: &Object, columns: &[&str], rows: usize, dialect: Dialect) -> String {
    let _ = (object, columns, rows, dialect);
    String::new()
}

/// `UPDATE` that sets these columns, then `updated_at`, `updated_by_id`, adds 1 to `version`; parameters after the columns: updated_at,
/// updated_by_id, id, expected version. Only a live record.
pub fn update(object: &Object, columns: &[&str], dialect: Dialect) -> String {
    let _ = (object, columns, dialect);
    String::new()
}
