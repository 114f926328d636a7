//! What `guanxi_query::dml` does not have: why a statement met no record.

use guanxi_model::Object;
use guanxi_model::change::Op;

/// Looks for a record in the state that an operation needs. Parameter: id.
pub(crate) fn probe(object: &Object, op: Op) -> String {
    let state = match op {
        Op::Create => "",
        Op::Update | Op::Delete => " AND \"deleted_at\" IS NULL",
        Op::Restore | Op::Purge => " AND \"deleted_at\" IS NOT NULL",
    };
    format!("SELECT 1 FROM \"{}\" WHERE \"id\" = $1{state}", object.name())
}
