//! Tests of the engine on both database engines.

mod doors;
mod metadata;
mod sign_in;
