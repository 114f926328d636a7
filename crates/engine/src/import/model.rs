//! What an import is, as the API and mapping files say it.

use std::collections::BTreeMap;

use guanxi_model::Label;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jobs::Person;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The mapping can still be changed.
    Mapping,
    /// It runs.
    Running,
    /// It has run; some rows may have failed.
    Done,
    /// It broke off.
    Failed,
    /// Someone stopped it.
    Cancelled,
    /// It was taken back.
    Undone,
}

/// The file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// A workbook (Office Open XML).
    Xlsx,
    /// Cards of an address book (vCard).
    Vcard,
}

/// What becomes of a lookup whose value no record has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The row fails.
    #[default]
    Refuse,
    /// The lookup stays empty.
    Empty,
    /// A record of that name is made.
    Create,
}

/// What is done with rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Each makes a record.
    #[default]
    Create,
    /// Each changes the record of the same key.
    Update,
    /// Each changes the record of the same key or makes one.
    Upsert,
}

/// What becomes of a picklist value that the field does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownValues {
    /// The row fails.
    #[default]
    Refuse,
    /// The value is added to the list (needs the right to customise).
    Accept,
}

/// The order of day, month and year where it is not plain from the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2026-11-21.
    #[default]
    Ymd,
    /// 21.11.2026.
    Dmy,
    /// 11/21/2026.
    Mdy,
}

/// Where one column of the file goes. Either `index` or `header` names the column; one column may go to several fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The column by its place, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The column by its header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The field, or a part of an address (`address.city`).
    pub field: String,
    /// Lookups: the field of the target to look by; `name` (default) is the target's name field, `id` the record's id.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub match_by: Option<String>,
    /// Lookups: what to do when no record is found.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: Missing,
    /// Cells to be read as other ones: `{"GTXPro": "GTX Pro"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How a file is read into an object; the `--map` file of the command line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// Columns and their fields; a column without one is not imported.
    pub columns: Vec<Mapping>,
    /// The unique field by which records are found again.
    #[serde(default)]
    pub key: Option<String>,
    /// What is done with rows.
    #[serde(default)]
    pub mode: Mode,
    /// What becomes of unknown picklist values.
    #[serde(default)]
    pub unknown_values: UnknownValues,
    /// Values of new records where the file gives none; in a text, `{header}` stands for that column's cell.
    #[serde(default)]
    pub defaults: BTreeMap<String, Value>,
    /// The order of day, month and year.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Currency of amounts without one; the organisation's where absent.
    #[serde(default)]
    pub currency: Option<String>,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// The cell.
    pub value: String,
    /// Rows that have it.
    pub count: u64,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its place, from 0.
    pub index: usize,
    /// Its header.
    pub header: String,
    /// The first cells that are not empty, at most 5.
    pub samples: Vec<String>,
    /// The most frequent cells of the first rows, at most 50.
    pub distinct: Vec<Distinct>,
    /// Where it probably goes.
    pub suggested: Option<Mapping>,
}

/// Why a row failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The row in the file, the header being row 1.
    pub row: u64,
    /// The field, empty where the whole row is meant.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// What came out of an import or a dry run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportResult {
    /// Rows read.
    pub rows: u64,
    /// Records made.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Rows whose record already had all values.
    pub unchanged: u64,
    /// Rows refused.
    pub failed: u64,
    /// The change set, a decimal number; none for a dry run.
    pub change_set: Option<String>,
    /// The first refusals, at most 20.
    pub first_errors: Vec<RowError>,
}

/// An import as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Import {
    /// Id, a decimal number.
    pub id: String,
    /// The object imported into.
    pub object: String,
    /// The file's name.
    pub file_name: String,
    /// How far it is.
    pub state: State,
    /// The file's format.
    pub format: Format,
    /// Encoding of a CSV file.
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    pub delimiter: Option<String>,
    /// The sheet read.
    pub sheet: Option<String>,
    /// The workbook's sheets.
    pub sheets: Vec<String>,
    /// About how many rows.
    pub rows_estimate: u64,
    /// The file's columns.
    pub columns: Vec<Column>,
    /// How it will be read.
    pub mapping: MappingFile,
    /// The job that runs or ran it.
    pub job_id: Option<String>,
    /// What the last dry run gave.
    pub dry_run: Option<ImportResult>,
    /// What the run gave.
    pub result: Option<ImportResult>,
    /// When it was uploaded, RFC 3339.
    pub created_at: String,
    /// By whom.
    pub created_by: Option<Person>,
}

/// A change of an import before it runs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportPatch {
    /// Another mapping.
    #[serde(default)]
    pub mapping: Option<MappingFile>,
    /// Another sheet.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Another encoding.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Another delimiter.
    #[serde(default)]
    pub delimiter: Option<String>,
}

/// One row of a preview.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewRow {
    /// The row in the file, the header being row 1.
    pub row: u64,
    /// `create`, `update`, `unchanged` or `error`.
    pub action: &'static str,
    /// The record as it will be.
    pub values: Value,
    /// Why it will be refused.
    pub errors: Vec<PreviewError>,
}

/// What is wrong with a row of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewError {
    /// The field, empty where the whole row is meant.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The first rows as they will be.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preview {
    /// Rows, at most 20.
    pub rows: Vec<PreviewRow>,
}

/// A refusal of one cell or row, in both languages, before it is put into the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The field, empty where the whole row is meant.
    pub(crate) field: String,
    /// What is wrong and what would be right.
    pub(crate) message: Label,
}

impl Refusal {
    pub(crate) fn new(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { field: field.into(), message: Label::new(zh, en) }
    }
}
