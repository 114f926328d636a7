//! The rows that failed, kept in pieces beside the imported file, one piece for each chunk with failures, and given out as one CSV.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use guanxi_model::{Ctx, Error, Lang, Result};

use super::model::Refusal;
use super::state::Stored;
use super::table::RawRow;
use crate::Organisation;
use crate::export::safe_cell;
use crate::files::{Files, Opened};

/// Where a piece lies.
fn key(storage: &str, first_row: u64) -> String {
    format!("{storage}/errors/{first_row}")
}

/// Failed rows of one chunk as CSV.
pub(crate) struct Piece {
    writer: csv::Writer<Vec<u8>>,
    /// Count of rows.
    pub(crate) rows: u64,
}

impl Piece {
    pub(crate) fn new() -> Piece {
        Piece { writer: csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new()), rows: 0 }
    }

    /// Adds a row with its reasons.
    ///
    /// # Errors
    /// Never in practice: the writer writes into memory.
    pub(crate) fn add(&mut self, ctx: &Ctx, width: usize, raw: &RawRow, refusals: &[Refusal]) -> Result<()> {
        let reasons: Vec<String> = refusals.iter().map(|r| reason(ctx.lang, r)).collect();
        let cells = (0..width.max(raw.cells.len())).map(|at| safe_cell(raw.cells.get(at).unwrap_or("")).into_owned());
        let record = cells.chain([raw.row.to_string(), safe_cell(&reasons.join("; ")).into_owned()]);
        self.writer.write_record(record).map_err(Error::internal)?;
        self.rows += 1;
        Ok(())
    }

    /// Stores the piece.
    ///
    /// # Errors
    /// When the storage is away.
    pub(crate) async fn store(self, files: &Files, storage: &str, first_row: u64) -> Result<()> {
        let bytes = self.writer.into_inner().map_err(|e| Error::internal(e.error()))?;
        put(files, &key(storage, first_row), bytes).await
    }
}

/// Stores bytes made here.
///
/// # Errors
/// When the storage is away.
pub(crate) async fn put(files: &Files, key: &str, bytes: Vec<u8>) -> Result<()> {
    files.put(key, stream::iter([Ok(Bytes::from(bytes))]), u64::MAX).await.map(|_| ())
}

fn reason(lang: Lang, refusal: &Refusal) -> String {
    let message = refusal.message.get(lang);
    if refusal.field.is_empty() { message.to_owned() } else { format!("{}: {message}", refusal.field) }
}

/// All failed rows as one file.
///
/// # Errors
/// 404 when no row failed.
pub(crate) fn open(org: &Organisation, ctx: &Ctx, stored: &Stored) -> Result<Opened> {
    if stored.error_parts.is_empty() {
        return Err(Error::not_found("没有失败的行。", "No row failed."));
    }
    let mut header = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let added = match ctx.lang {
        Lang::Zh => ["行号", "失败原因"],
        Lang::En => ["Row", "Reason"],
    };
    let titles = stored.columns.iter().map(|c| safe_cell(&c.header).into_owned()).chain(added.map(str::to_owned));
    header.write_record(titles).map_err(Error::internal)?;
    let first = header.into_inner().map_err(|e| Error::internal(e.error()))?;
    let (files, storage) = (org.files().clone(), stored.storage.clone());
    let pieces = stream::iter(stored.error_parts.clone()).then(move |part| {
        let (files, key) = (files.clone(), key(&storage, part));
        async move { files.get(&key).await.unwrap_or_else(|error| stream::iter([Err(std::io::Error::other(error))]).boxed()) }
    });
    let name = stored.file_name.rsplit_once('.').map_or(stored.file_name.as_str(), |(stem, _)| stem);
    let suffix = if ctx.lang == Lang::Zh { "失败行" } else { "errors" };
    Ok(Opened {
        name: format!("{name}-{suffix}.csv"),
        content_type: "text/csv; charset=utf-8".to_owned(),
        size: None,
        sha256: None,
        stream: stream::iter([Ok(Bytes::from(first))]).chain(pieces.flatten()).boxed(),
    })
}
