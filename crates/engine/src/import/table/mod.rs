//! Tables out of files: rows of text cells from CSV in any of the common encodings, from workbooks and from cards of address books, under
//! limits of size that hold whatever the file says about itself. Synchronous: runs on threads for blocking work.

mod csv;
mod sniff;
mod text;
mod vcard;
mod xlsx;
mod zip_check;

pub(crate) use csv::CsvTable;
pub(crate) use sniff::{Dialect, detect, guess_delimiter, head, is_zip, sheets, text_of};
pub(crate) use vcard::{HEADERS as VCARD_HEADERS, is_vcard};
pub(crate) use xlsx::for_each_row;
pub(crate) use zip_check::{Limits, check_within};

use guanxi_model::{Error, ErrorKind, Result};

/// The most columns of a file.
pub(crate) const MAX_COLUMNS: usize = 1_000;

/// The most bytes of one row.
pub(crate) const MAX_ROW_BYTES: usize = 1 << 20;

/// One row of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RawRow {
    /// Its number in the file, the header being row 1.
    pub(crate) row: u64,
    /// Its cells as text.
    pub(crate) cells: ::csv::StringRecord,
}

impl RawRow {
    /// Whether all cells are empty.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| c.trim().is_empty())
    }
}

/// How the rows of a file are read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reading {
    /// As text.
    Csv(Dialect),
    /// From a sheet of a workbook.
    Xlsx(String),
    /// From cards of an address book.
    Vcard,
}

/// Reads a file's header and then its rows; blank rows are left out. `each` says whether to go on.
///
/// # Errors
/// What is wrong with the file, with the line; whatever `each` refuses.
pub(crate) fn read(
    path: &std::path::Path,
    reading: &Reading,
    mut header: impl FnMut(&RawRow) -> Result<()>,
    mut each: impl FnMut(RawRow) -> Result<bool>,
) -> Result<()> {
    let mut seen_header = false;
    let mut take = |row: RawRow| -> Result<bool> {
        if row.is_blank() {
            return Ok(true);
        }
        if seen_header {
            return each(row);
        }
        seen_header = true;
        check_header(&row)?;
        header(&row)?;
        Ok(true)
    };
    match reading {
        Reading::Csv(dialect) => {
            let mut table = CsvTable::open(path, dialect)?;
            while let Some(row) = table.next_row()? {
                if !take(row)? {
                    break;
                }
            }
        }
        Reading::Xlsx(sheet) => for_each_row(path, sheet, &mut take)?,
        Reading::Vcard => vcard::for_each_row(path, &mut take)?,
    }
    if seen_header {
        Ok(())
    } else {
        Err(bad("empty_file", "文件是空的：第一行须为列标题。", "The file is empty: its first row must hold the column headers."))
    }
}

fn check_header(row: &RawRow) -> Result<()> {
    let columns = row.cells.iter().enumerate().filter(|(_, c)| !c.trim().is_empty()).last().map_or(0, |(last, _)| last + 1);
    if columns > MAX_COLUMNS {
        return Err(too_many_columns(columns));
    }
    Ok(())
}

pub(crate) fn too_many_columns(columns: usize) -> Error {
    bad(
        "too_many_columns",
        format!("文件有 {columns} 列，最多 {MAX_COLUMNS} 列。请删去不需要的列。"),
        format!("The file has {columns} columns; {MAX_COLUMNS} are the most. Remove those that are not needed."),
    )
}

/// Something is wrong with the file itself.
pub(crate) fn bad(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::new(ErrorKind::Validation, code, zh, en)
}

/// The file cannot be read at all.
pub(crate) fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "file_unreadable",
        "文件暂时无法读取，请稍后再试。",
        "The file cannot be read at the moment; please try again.",
    )
    .because(error)
}
