//! The only crate with a database driver. A [`Store`] holds one organisation: its records, its change log, its jobs and its
//! system tables, in one SQLite file or in one PostgreSQL schema.
//!
//! Invariants: records are read and written only through [`guanxi_access::Authorized`] values; whatever is acknowledged is
//! committed and flushed; a committed write is in the change log, whose order is the order of the commits.

mod by_id;
mod commits;
mod ddl;
mod error;
mod fence;
mod figures;
mod heads;
mod log;
mod migrate;
mod plan;
mod pool;
mod postgres;
mod schema;
mod sqlite;
mod sqltext;
mod store;
pub mod sys;
mod texts;
mod tls;
mod unit;
pub mod yardstick;

pub use by_id::ById;
pub use error::WriteError;
pub use fence::{JOB_STOPPED, under_lease};
pub use guanxi_query::Dialect;
pub use heads::Heads;
pub use log::{Committed, LogEntry};
pub use pool::PgPool;
pub use schema::{MetaRow, SCHEMA_CHANGED, SchemaStep};
pub use store::{SqliteOptions, Store};
