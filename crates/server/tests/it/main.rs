//! Tests of the server over HTTP, each on SQLite and on PostgreSQL.

mod about;
mod app;
mod bulk;
mod client_errors;
mod events;
mod files;
mod limits;
mod openapi;
mod query;
mod records;
mod search;
mod sign_in;
mod visibility;
mod web;
