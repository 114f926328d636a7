//! Queries as trees: SOQL text in and out, the planner, and all dynamic SQL text of the product for both engines. Pure.
//!
//! Invariant: a value never becomes part of SQL text; it is always a parameter (row counts apart). Identifiers come from the
//! schema only.

pub mod dates;
pub mod ddl;
pub mod dialect;
pub mod dml;
pub mod filter;
mod hash;
mod index;
mod lex;
pub mod parse;
pub mod plan;
pub mod print;
pub mod resolve;
pub mod shares;
pub mod side;
pub mod tree;

pub use dialect::Dialect;
pub use parse::parse;
pub use plan::{Output, Page, PageRows, Plan, plan};
pub use tree::Query;
