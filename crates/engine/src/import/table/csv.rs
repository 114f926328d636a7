//! Rows of a CSV file.

use std::fs::File;
use std::path::Path;

use encoding_rs::Encoding;
use guanxi_model::{Error, Result};

use super::sniff::Dialect;
use super::text::TextReader;
use super::{RawRow, bad, unreadable};

/// A CSV file being read.
pub(crate) struct CsvTable {
    reader: csv::Reader<TextReader<File>>,
    row: u64,
}

impl CsvTable {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read or the encoding has no name that is known.
    pub(crate) fn open(path: &Path, dialect: &Dialect) -> Result<CsvTable> {
        let encoding = encoding(&dialect.encoding)?;
        let file = File::open(path).map_err(unreadable)?;
        let text = TextReader::new(file, encoding, dialect.delimiter);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.delimiter)
            .buffer_capacity(64 * 1024)
            .from_reader(text);
        Ok(CsvTable { reader, row: 0 })
    }

    /// The next row.
    ///
    /// # Errors
    /// What is wrong with the file, with the line.
    pub(crate) fn next_row(&mut self) -> Result<Option<RawRow>> {
        let mut cells = csv::StringRecord::new();
        match self.reader.read_record(&mut cells) {
            Ok(false) => Ok(None),
            Ok(true) => {
                self.row += 1;
                Ok(Some(RawRow { row: self.row, cells }))
            }
            Err(error) => Err(self.explain(error)),
        }
    }

    fn explain(&mut self, error: csv::Error) -> Error {
        match self.reader.get_mut().refusal() {
            Some(refusal) => refusal,
            None if error.is_io_error() => unreadable(error),
            None => bad("bad_csv", "文件不是有效的 CSV。", "The file is no valid CSV.").because(error),
        }
    }
}

/// An encoding by name.
///
/// # Errors
/// 422 when the name is not known.
pub(crate) fn encoding(name: &str) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        bad(
            "unknown_encoding",
            format!("没有名为“{name}”的编码；可用 UTF-8、GB18030、UTF-16LE、Big5、windows-1252 等。"),
            format!("There is no encoding named “{name}”; use UTF-8, GB18030, UTF-16LE, Big5, windows-1252 or another of the common ones."),
        )
    })
}

impl CsvTable {
    /// Reads the file to its end for what may be wrong with it; gives the count of its rows.
    ///
    /// # Errors
    /// What is wrong with the file, with the line.
    pub(crate) fn check(&mut self) -> Result<u64> {
        let (mut cells, mut rows) = (csv::ByteRecord::new(), 0);
        loop {
            match self.reader.read_byte_record(&mut cells) {
                Ok(true) => rows += 1,
                Ok(false) => return Ok(rows),
                Err(error) => return Err(self.explain(error)),
            }
        }
    }
}
