//! Tests of the engine on both database engines.

mod doors;
mod metadata;
mod rights;
mod sign_in;
