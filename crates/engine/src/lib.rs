//! The two doors and what stands behind them: reading, writing, run-time schema changes, packs, sign-in, jobs, import and export,
//! files, and the readers of the change log.

pub mod admission;
mod attempts;
pub mod audit;
pub mod breadth;
pub mod bulk_edit;
pub mod changes;
mod colleagues;
pub mod erasure;
pub mod explain;
pub mod export;
pub mod files;
pub mod import;
pub mod jobs;
pub mod links;
pub mod mail;
pub mod metadata;
pub mod notifications;
pub mod organisation;
pub mod outside;
pub mod packs;
pub mod passkeys;
pub mod passwords;
mod picklist_values;
mod planned;
pub mod read;
pub mod recent;
pub mod recycle;
pub mod reveal;
pub mod roles;
pub mod schema_change;
pub mod search;
pub mod second_factor;
pub mod sessions;
pub mod shares;
pub mod sharing;
pub mod sign_in;
pub mod timeline;
pub mod tokens;
mod totp;
pub mod undo;
pub mod upkeep;
pub mod users;
pub mod views;
pub mod write;

pub use organisation::{Organisation, Services};
