//! Durable background work: jobs lie in the organisation's database, are claimed with a lease, and say how far they are.
//!
//! What a handler writes is fenced: a change set is committed only while the lease is held and nobody has asked the job to stop, so
//! that after a cancel, or after another worker has taken over, nothing more is written (`guanxi_store::under_lease`).
//!
//! A handler must be idempotent: after a crash the same job runs again. A job acts with the rights its creator has when it runs.

mod context;
mod queue;
mod worker;

pub use context::JobCtx;
pub use queue::{Job, NewJob, Person, cancel, enqueue, get, list};
pub(crate) use queue::{enqueue_as, enqueue_in, kept_error, new_id, person, problem, stored};
pub use worker::{Handler, Running, Worker};
