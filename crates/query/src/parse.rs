//! SOQL text to a tree.
use guanxi_model::Result;

use crate::tree::Query;

/// Parses a query. Errors are 400 `query_syntax` with the position in characters.
pub fn parse(text: &str) -> Result<Query> {
    let _ = text;
    Err(guanxi_model::Error::internal("unwritten"))
}
