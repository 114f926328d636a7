//! The product over HTTP: the REST API, server-sent events and the embedded web UI.
//!
//! Invariants: every handler goes through the engine's two doors and no other way; every error leaves as one problem document;
//! a request touches one organisation, the one its token names.

pub mod app;
pub mod extract;
pub mod gate;
pub mod live;
pub mod metrics;
pub mod openapi;
pub mod problem;
pub mod request;
pub mod rest;
pub mod running;
pub mod security;
pub mod session;
pub mod web;

pub use app::{App, Settings};
