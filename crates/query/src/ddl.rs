//! SQL text of run-time schema changes.
