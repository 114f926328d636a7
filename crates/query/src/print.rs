//! A tree to SOQL text; `parse(print(q)) == q`.
use crate::tree::Query;

/// The text of a query.
pub fn print(query: &Query) -> String {
    query.object.clone()
}
