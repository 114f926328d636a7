//! The two formats of a table. Rows go straight to the file: memory does not grow with their count.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use guanxi_model::{Error, ErrorKind, Result};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::api::ExportFormat;
use super::cells::{Out, safe_cell};

/// The most rows of a sheet (Office Open XML), the header among them.
const MAX_SHEET_ROWS: u64 = 1_048_576;

/// The longest text of a cell of a sheet, in UTF-16 units.
const MAX_CELL: usize = 32_767;

/// A table being written.
pub(crate) enum Table {
    /// Text with byte order mark, commas, CRLF (RFC 4180).
    Csv(Box<csv::Writer<BufWriter<File>>>),
    /// A workbook of one sheet.
    Xlsx(Box<Workbook>, PathBuf, u32),
}

impl Table {
    /// Begins a table with its header.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn create(path: &Path, format: ExportFormat, header: &[String]) -> Result<Table> {
        let mut table = match format {
            ExportFormat::Csv => {
                let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
                file.write_all("\u{feff}".as_bytes()).map_err(unwritable)?;
                Table::Csv(Box::new(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file)))
            }
            ExportFormat::Vcf => return Err(Error::internal("cards are no table")),
            ExportFormat::Xlsx => {
                let mut book = Workbook::new();
                let sheet = book.add_worksheet_with_constant_memory().map_err(unwritable)?;
                sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
                let bold = Format::new().set_bold();
                sheet.set_row_format(0, &bold).map_err(Error::internal)?;
                Table::Xlsx(Box::new(book), path.to_owned(), 0)
            }
        };
        table.row(&header.iter().map(|h| Out::Text(h.clone())).collect::<Vec<_>>())?;
        Ok(table)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full; `too_many_rows` beyond what a sheet holds.
    pub(crate) fn row(&mut self, cells: &[Out]) -> Result<()> {
        match self {
            Table::Csv(writer) => {
                let texts = cells.iter().map(|cell| match cell {
                    Out::Empty => "".into(),
                    Out::Number(n) => n.as_str().into(),
                    Out::Text(t) => safe_cell(t),
                });
                writer.write_record(texts.map(|t: std::borrow::Cow<'_, str>| t.into_owned())).map_err(unwritable)
            }
            Table::Xlsx(book, _, at) => {
                if u64::from(*at) >= MAX_SHEET_ROWS {
                    return Err(too_many());
                }
                let sheet = book.worksheet_from_index(0).map_err(Error::internal)?;
                for (column, cell) in cells.iter().enumerate() {
                    put(sheet, *at, u16::try_from(column).map_err(Error::internal)?, cell)?;
                }
                *at += 1;
                Ok(())
            }
        }
    }

    /// Ends the table.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Table::Csv(writer) => {
                let mut file = writer.into_inner().map_err(|e| unwritable(e.error()))?;
                file.flush().map_err(unwritable)
            }
            Table::Xlsx(mut book, path, _) => book.save(path).map_err(unwritable),
        }
    }
}

/// Writes one cell: numbers that a spreadsheet keeps exactly as numbers, everything else as text, never as a formula.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Out) -> Result<()> {
    let done = match cell {
        Out::Empty => return Ok(()),
        Out::Number(n) => match n.parse::<f64>() {
            Ok(number) if n.bytes().filter(u8::is_ascii_digit).count() <= 15 => sheet.write_number(row, column, number),
            _ => sheet.write_string(row, column, n),
        },
        Out::Text(t) => sheet.write_string(row, column, cut(t)),
    };
    done.map(|_| ()).map_err(Error::internal)
}

/// A text as long as a cell holds.
fn cut(text: &str) -> &str {
    if text.len() <= MAX_CELL {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MAX_CELL
    });
    end.map_or(text, |(at, _)| &text[..at])
}

fn too_many() -> Error {
    Error::new(
        ErrorKind::Validation,
        "too_many_rows",
        "结果超过 XLSX 的 1,048,575 行上限，请改用 CSV 或缩小范围。",
        "The result has more rows than an XLSX sheet holds (1,048,575); use CSV or narrow it down.",
    )
}

pub(crate) fn unwritable(error: impl std::fmt::Display) -> Error {
    let text = error.to_string();
    if text.contains("No space left") {
        return Error::new(ErrorKind::NoSpace, "disk_full", "磁盘已满，未能写出文件。", "The disk is full; the file was not written.")
            .because(text);
    }
    Error::new(
        ErrorKind::Unavailable,
        "file_unwritable",
        "文件暂时无法写出，请稍后再试。",
        "The file cannot be written at the moment; please try again.",
    )
    .because(text)
}
