//! The store's conformance suite: every test runs on SQLite and on PostgreSQL.

mod world;

mod guards;
mod jobs;
mod log;
mod opening;
mod schema;
mod system;
mod writing;
