//! The two doors and what stands behind them: reading, writing, run-time schema changes, packs, sign-in, jobs, import and export,
//! files, and the readers of the change log.

pub mod bulk_edit;
pub mod changes;
pub mod export;
pub mod files;
pub mod import;
pub mod jobs;
pub mod metadata;
pub mod notifications;
pub mod organisation;
pub mod packs;
mod picklist_values;
pub mod read;
pub mod recent;
pub mod recycle;
pub mod schema_change;
pub mod search;
pub mod sign_in;
pub mod timeline;
pub mod undo;
pub mod upkeep;
pub mod users;
pub mod views;
pub mod write;

pub use organisation::{Organisation, Services};
