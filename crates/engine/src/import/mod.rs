//! Import of CSV and XLSX files and vCards: detection, mapping, preview, dry run, run in chunks as a job, error file, undo.
//!
//! Everything is written by the write door and looked up by the read door, with the rights of the user who imports. Reading and
//! cleaning run on a thread of their own while the chunk before is being written; nothing grows with the file but the set of names
//! that a lookup may mean rows of the same file by (8 bytes each).

mod address;
mod api;
mod clean;
mod convert;
mod dates;
mod detect;
mod divisions;
mod failed;
mod feed;
mod handlers;
mod later;
mod local;
mod lookup;
mod model;
mod numbers;
mod plan;
mod prepare;
mod preview;
mod run;
pub(crate) mod source;
mod state;
pub(crate) mod suggest;
pub(crate) mod table;

pub use api::{create, dry_run, errors, get, list, run, undo, update};
pub(crate) use handlers::{DRY_RUN, IMPORT, UNDO, import as run_import, undo as run_undo};
pub use local::local;
pub use model::{
    Column, DateOrder, Distinct, Format, Import, ImportPatch, ImportResult, Mapping, MappingFile, Missing, Mode, Preview, PreviewError,
    PreviewRow, RowError, State, UnknownValues,
};
pub use preview::preview;
pub(crate) use state::forget_uploads;
