//! Import of CSV and XLSX files: detection, mapping, preview, dry run, run in chunks as a job, error file, undo.
//!
//! Everything is written by the write door and looked up by the read door, with the rights of the user who imports.

mod api;
mod model;

pub use api::{create, dry_run, errors, get, list, local, preview, run, undo, update};
pub use model::{
    Column, DateOrder, Distinct, Format, Import, ImportPatch, ImportResult, Mapping, MappingFile, Missing, Mode, Preview, PreviewError,
    PreviewRow, RowError, State, UnknownValues,
};
