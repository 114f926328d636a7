//! Tests of the engine on both database engines.

mod doors;
mod export;
mod files;
mod import;
mod jobs;
mod metadata;
mod rights;
mod sign_in;
