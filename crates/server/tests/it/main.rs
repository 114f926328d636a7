//! Tests of the server over HTTP, each on SQLite and on PostgreSQL.

mod about;
mod app;
mod audit;
mod bulk;
mod client_errors;
mod definitions;
mod events;
mod files;
mod limits;
mod links;
mod networks;
mod openapi;
mod passkeys;
mod preview;
mod query;
mod records;
mod roles;
mod routes;
mod search;
mod second_factor;
mod sign_in;
mod step_up;
mod tokens;
mod visibility;
mod web;
