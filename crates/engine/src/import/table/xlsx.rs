//! Rows of a sheet of a workbook, cell by cell as they stand in the file. Of a formula its last value is taken, never the formula.
//! A percentage reads as it is seen: the cell that shows 60% holds 0.6, and is `60%`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use guanxi_model::{Error, Result};

use super::{MAX_COLUMNS, MAX_ROW_BYTES, RawRow, bad, too_many_columns, unreadable, zip_check};
use crate::import::numbers::float_text;

type Workbook = Xlsx<BufReader<File>>;

/// The names of the sheets that hold cells.
///
/// # Errors
/// What is wrong with the workbook.
pub(crate) fn sheets(path: &Path) -> Result<Vec<String>> {
    zip_check::check(path)?;
    let names = open(path)?.sheet_names();
    if names.is_empty() {
        return Err(bad("no_sheet", "工作簿中没有工作表。", "The workbook has no sheet."));
    }
    Ok(names)
}

fn open(path: &Path) -> Result<Workbook> {
    let file = File::open(path).map_err(unreadable)?;
    Xlsx::new(BufReader::new(file)).map_err(broken)
}

/// Gives each row of a sheet until `each` says no. The workbook has been checked by [`sheets`].
///
/// # Errors
/// What is wrong with the workbook; whatever `each` refuses.
pub(crate) fn for_each_row(path: &Path, sheet: &str, each: &mut dyn FnMut(RawRow) -> Result<bool>) -> Result<()> {
    let mut workbook = open(path)?;
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| match error {
        XlsxError::WorksheetNotFound(_) => {
            bad("no_such_sheet", format!("没有名为“{sheet}”的工作表。"), format!("There is no sheet named “{sheet}”."))
        }
        other => broken(other),
    })?;
    let percent: Vec<bool> =
        reader.styles().iter().map(|style| style.number_format.as_ref().is_some_and(|f| shows_percent(&f.format_code))).collect();
    let mut row = Row::default();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(broken)? {
        let (number, column) = cell.get_position();
        if number != row.number
            && let Some(full) = row.take(number)
            && !each(full)?
        {
            return Ok(());
        }
        row.put(column as usize, text_of(cell.get_value(), percent.get(style) == Some(&true)))?;
    }
    if let Some(last) = row.take(0) {
        each(last)?;
    }
    Ok(())
}

/// The row under way.
#[derive(Default)]
struct Row {
    number: u32,
    cells: Vec<String>,
    bytes: usize,
    used: usize,
}

impl Row {
    fn put(&mut self, column: usize, text: String) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            return Err(too_many_columns(column + 1));
        }
        self.bytes += text.len();
        if self.bytes > MAX_ROW_BYTES {
            let row = self.number + 1;
            return Err(bad("line_too_long", format!("第 {row} 行超过 1 MB。"), format!("Row {row} is longer than 1 MB.")));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        self.used = self.used.max(column + 1);
        Ok(())
    }

    /// The row as it is, and a new one begun; none if it has no cell.
    fn take(&mut self, next: u32) -> Option<RawRow> {
        let full = (self.used > 0)
            .then(|| RawRow { row: u64::from(self.number) + 1, cells: csv::StringRecord::from(self.cells[..self.used].to_vec()) });
        self.cells.iter_mut().for_each(String::clear);
        (self.number, self.bytes, self.used) = (next, 0, 0);
        full
    }
}

/// Whether a number format multiplies by a hundred: a percent sign that is not literal text.
fn shows_percent(format: &str) -> bool {
    let mut chars = format.chars();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => _ = chars.next(),
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

fn text_of(value: &DataRef<'_>, percent: bool) -> String {
    match value {
        DataRef::Int(i) if percent => format!("{}%", i.saturating_mul(100)),
        DataRef::Float(f) if percent => format!("{}%", float_text(f * 100.0)),
        DataRef::Int(i) => i.to_string(),
        DataRef::Float(f) => float_text(*f),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // As it is seen: the import refuses it where it is mapped.
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        let seconds = (moment.as_f64() * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}

fn broken(error: impl std::fmt::Display) -> Error {
    bad(
        "bad_workbook",
        "工作簿内部有误，无法读取。请另存一次，或存为 CSV。",
        "The workbook is broken inside. Save it once more, or as CSV.",
    )
    .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Formula, Workbook as Writer};

    #[test]
    fn cells_come_out_as_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut book = Writer::new();
        let sheet = book.add_worksheet().set_name("数据").unwrap();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_string(0, 0, "名称").unwrap();
        sheet.write_string(0, 3, "日期").unwrap();
        sheet.write_string(2, 0, "甲").unwrap();
        sheet.write_number(2, 1, 1234.5).unwrap();
        sheet.write_formula(2, 2, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_datetime_with_format(2, 3, Moment::from_ymd(2016, 10, 20).unwrap(), &date).unwrap();
        sheet.write_boolean(2, 4, true).unwrap();
        sheet.write_number_with_format(2, 5, 0.07, &Format::new().set_num_format("0%")).unwrap();
        sheet.write_number_with_format(2, 6, 1.125, &Format::new().set_num_format("0.00%;[Red]-0.00%")).unwrap();
        sheet.write_number_with_format(2, 7, 3.0, &Format::new().set_num_format("0\"%\"")).unwrap();
        book.save(file.path()).unwrap();
        assert_eq!(sheets(file.path()).unwrap(), ["数据"]);
        let mut rows = Vec::new();
        for_each_row(file.path(), "数据", &mut |row| {
            rows.push((row.row, row.cells.iter().map(str::to_owned).collect::<Vec<_>>()));
            Ok(true)
        })
        .unwrap();
        assert_eq!(
            rows,
            [
                (1, vec!["名称".into(), String::new(), String::new(), "日期".into()]),
                (3, ["甲", "1234.5", "2", "2016-10-20", "true", "7%", "112.5%", "3"].map(str::to_owned).to_vec())
            ]
        );
        assert_eq!(for_each_row(file.path(), "x", &mut |_| Ok(true)).unwrap_err().code, "no_such_sheet");
    }

    /// A copy of a workbook that counts its days from 1904, as old ones of the Macintosh do.
    fn from_1904(path: &Path) -> tempfile::NamedTempFile {
        use std::io::{Read, Write};
        let copy = tempfile::NamedTempFile::new().unwrap();
        let mut from = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        let mut to = zip::ZipWriter::new(copy.reopen().unwrap());
        for at in 0..from.len() {
            let mut part = from.by_index(at).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            if name == "xl/workbook.xml" {
                bytes = String::from_utf8(bytes).unwrap().replace("<workbookPr", "<workbookPr date1904=\"1\"").into_bytes();
            }
            to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            to.write_all(&bytes).unwrap();
        }
        to.finish().unwrap();
        copy
    }

    #[test]
    fn days_count_from_1904_where_the_workbook_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut book = Writer::new();
        let sheet = book.add_worksheet();
        for (row, format) in ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"].into_iter().enumerate() {
            sheet.write_number_with_format(row as u32, 0, 41_200.5, &Format::new().set_num_format(format)).unwrap();
        }
        book.save(file.path()).unwrap();
        for (path, want) in [(file.path(), "2012-10-18 12:00:00"), (from_1904(file.path()).path(), "2016-10-19 12:00:00")] {
            let mut cells = Vec::new();
            for_each_row(path, "Sheet1", &mut |row| {
                cells.extend(row.cells.iter().map(str::to_owned));
                Ok(true)
            })
            .unwrap();
            assert_eq!(cells, [want, want]);
        }
    }
}
