//! Imports.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::Record;
use super::people::Person;

/// What to do when a lookup finds no record.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Missing {
    /// The row fails.
    Refuse,
    /// The lookup stays empty.
    Empty,
    /// A record of that name is made.
    Create,
}

/// What is done with rows.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Mode {
    /// Each makes a record.
    Create,
    /// Each changes the record of the same key.
    Update,
    /// Each changes the record of the same key or makes one.
    Upsert,
}

/// What becomes of unknown picklist values.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum UnknownValues {
    /// The row fails.
    Refuse,
    /// The value is added to the list.
    Accept,
}

/// The order of day, month and year.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2026-11-21.
    Ymd,
    /// 21.11.2026.
    Dmy,
    /// 11/21/2026.
    Mdy,
}

/// Where one column of the file goes.
#[derive(ToSchema)]
pub struct Mapping {
    /// The column by its place, from 0.
    pub index: Option<u32>,
    /// The column by its header.
    pub header: Option<String>,
    /// The field, or a part of an address.
    pub field: String,
    /// Lookups: the field of the target to look by.
    #[schema(rename = "match")]
    pub match_by: Option<String>,
    /// Lookups: what to do when no record is found.
    #[schema(nullable = false)]
    pub missing: Option<Missing>,
    /// Cells to be read as other ones.
    #[schema(nullable = false)]
    pub values: Option<BTreeMap<String, String>>,
}

/// How a file is read into an object; the `--map` file of the command line.
#[derive(ToSchema)]
pub struct MappingFile {
    /// Columns and their fields.
    pub columns: Vec<Mapping>,
    /// The unique field by which records are found again.
    pub key: Option<String>,
    /// What is done with rows.
    #[schema(nullable = false)]
    pub mode: Option<Mode>,
    /// What becomes of unknown picklist values.
    #[schema(nullable = false)]
    pub unknown_values: Option<UnknownValues>,
    /// Values of new records where the file gives none.
    #[schema(nullable = false)]
    pub defaults: Option<Record>,
    /// The order of day, month and year.
    #[schema(nullable = false)]
    pub date_order: Option<DateOrder>,
    /// Currency of amounts without one.
    pub currency: Option<String>,
}

/// A value and how often it occurs.
#[derive(ToSchema)]
pub struct DistinctValue {
    /// The cell.
    pub value: String,
    /// Rows that have it.
    pub count: i64,
}

/// A column of the file.
#[derive(ToSchema)]
pub struct ImportColumn {
    /// Its place, from 0.
    pub index: u32,
    /// Its header.
    pub header: String,
    /// The first cells that are not empty.
    pub samples: Vec<String>,
    /// The most frequent cells.
    pub distinct: Vec<DistinctValue>,
    /// Where it probably goes.
    #[schema(required)]
    pub suggested: Option<Mapping>,
}

/// Why a row failed.
#[derive(ToSchema)]
pub struct RowError {
    /// The row in the file, the header being row 1.
    pub row: i64,
    /// The field.
    #[schema(required)]
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// What came out of an import or a dry run.
#[derive(ToSchema)]
pub struct ImportResult {
    /// Rows read.
    pub rows: i64,
    /// Records made.
    pub created: i64,
    /// Records changed.
    pub updated: i64,
    /// Rows whose record already had all values.
    pub unchanged: i64,
    /// Rows refused.
    pub failed: i64,
    /// The change set.
    #[schema(required)]
    pub change_set: Option<String>,
    /// The first refusals.
    pub first_errors: Vec<RowError>,
}

/// How far an import is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ImportState {
    /// The mapping can still be changed.
    Mapping,
    /// It runs.
    Running,
    /// It has run.
    Done,
    /// It broke off.
    Failed,
    /// Someone stopped it.
    Cancelled,
    /// It was taken back.
    Undone,
}

/// The format of a file.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TableFormat {
    /// Text with a delimiter.
    Csv,
    /// A workbook.
    Xlsx,
    /// Cards of an address book (vCard).
    Vcard,
}

/// An import.
#[derive(ToSchema)]
pub struct Import {
    /// Id.
    pub id: String,
    /// The object imported into.
    pub object: String,
    /// The file's name.
    pub file_name: String,
    /// How far it is.
    pub state: ImportState,
    /// The file's format.
    pub format: TableFormat,
    /// Encoding of a CSV file.
    #[schema(required)]
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    #[schema(required)]
    pub delimiter: Option<String>,
    /// The sheet read.
    #[schema(required)]
    pub sheet: Option<String>,
    /// The workbook's sheets.
    pub sheets: Vec<String>,
    /// About how many rows.
    #[schema(required)]
    pub rows_estimate: Option<i64>,
    /// The file's columns.
    pub columns: Vec<ImportColumn>,
    /// How it will be read.
    pub mapping: MappingFile,
    /// The job that runs or ran it.
    #[schema(required)]
    pub job_id: Option<String>,
    /// What the last dry run gave.
    #[schema(required)]
    pub dry_run: Option<ImportResult>,
    /// What the run gave.
    #[schema(required)]
    pub result: Option<ImportResult>,
    /// When it was uploaded.
    pub created_at: String,
    /// By whom.
    #[schema(required)]
    pub created_by: Option<Person>,
}

/// Imports, newest first.
#[derive(ToSchema)]
pub struct ImportList {
    /// The imports.
    pub imports: Vec<Import>,
}

/// A change of an import before it runs.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateImport {
    /// Another mapping.
    pub mapping: Option<MappingFile>,
    /// Another sheet.
    pub sheet: Option<String>,
    /// Another encoding.
    pub encoding: Option<String>,
    /// Another delimiter.
    pub delimiter: Option<String>,
}

/// What is wrong with a row of a preview.
#[derive(ToSchema)]
pub struct PreviewError {
    /// The field.
    #[schema(required)]
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// What a row will do.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PreviewAction {
    /// Make a record.
    Create,
    /// Change a record.
    Update,
    /// Nothing: the record has all values.
    Unchanged,
    /// Fail.
    Error,
}

/// One row of a preview.
#[derive(ToSchema)]
pub struct PreviewRow {
    /// The row in the file.
    pub row: i64,
    /// What it will do.
    pub action: PreviewAction,
    /// The record as it will be.
    pub values: Record,
    /// Why it will be refused.
    pub errors: Vec<PreviewError>,
}

/// The first rows as they will be.
#[derive(ToSchema)]
pub struct Preview {
    /// The rows.
    pub rows: Vec<PreviewRow>,
}
