//! Tests of the engine on both database engines.

mod audit;
mod bulk_edit;
mod doors;
mod erasure;
mod explain;
mod export;
mod field_rights;
mod figures;
mod files;
mod import;
mod import_stop;
mod import_values;
mod jobs;
mod matrix;
mod metadata;
mod nodes;
mod notifications;
mod posting;
mod rights;
mod search;
mod sensitive;
mod sharing;
mod sign_in;
mod team_scope;
mod upgrade;
mod vcard;
