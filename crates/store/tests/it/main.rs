//! The store's conformance suite: every test runs on SQLite and on PostgreSQL.

mod world;

// The file of the testing crate itself: that crate depends on this one.
#[allow(unreachable_pub, reason = "public where it is at home")]
#[path = "../../../testkit/src/postgres.rs"]
mod postgres;

mod audit;
mod faults;
mod guards;
mod jobs;
mod kill;
mod log;
mod opening;
mod reading;
mod schema;
mod slices;
mod system;
mod writing;
