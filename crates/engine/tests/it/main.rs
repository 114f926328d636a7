//! Tests of the engine on both database engines.

mod bulk_edit;
mod doors;
mod export;
mod figures;
mod files;
mod import;
mod import_stop;
mod import_values;
mod jobs;
mod metadata;
mod nodes;
mod notifications;
mod rights;
mod search;
mod sign_in;
mod upgrade;
mod vcard;
