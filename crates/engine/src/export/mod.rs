//! Export of any query to CSV or XLSX, as a job; cells cannot become formulas of a spreadsheet program.

mod api;
mod cells;
mod job;
mod sheet;
mod vcard;

pub(crate) use api::check_right;
pub use api::{ExportFormat, ExportRequest, Headers, file, local, start};
pub(crate) use cells::{Out, Writer, safe_cell};
pub(crate) use job::{EXPORT, export as run_export, forget_files};
