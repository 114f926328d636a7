//! Export of any query to CSV or XLSX, as a job; cells cannot become formulas of a spreadsheet program.

mod api;

pub use api::{ExportFormat, ExportRequest, Headers, file, local, start};
