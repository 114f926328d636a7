//! What is in a file: its format, its columns with samples and frequent values.

use std::collections::HashMap;
use std::path::Path;

use guanxi_model::Result;

use super::model::{Column, Distinct, Format};
use super::table::{self, Reading};

/// Rows looked at for samples and frequent values.
const LOOKED_AT: u64 = 10_000;

/// Cells shown of a column.
const SAMPLES: usize = 5;

/// Frequent values shown of a column.
const DISTINCT: usize = 50;

/// Values counted over all columns; more are not counted any more.
const COUNTED: usize = 200_000;

/// Characters shown of a cell.
const SHOWN: usize = 120;

/// What somebody has said about the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) sheet: Option<String>,
    pub(crate) encoding: Option<String>,
    pub(crate) delimiter: Option<u8>,
}

/// What was found.
pub(crate) struct Detected {
    pub(crate) format: Format,
    pub(crate) reading: Reading,
    pub(crate) sheets: Vec<String>,
    pub(crate) rows: u64,
    pub(crate) columns: Vec<Column>,
}

/// Looks at a file.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn detect(path: &Path, given: &Given) -> Result<Detected> {
    if table::is_zip(path)? {
        return workbook(path, given);
    }
    if table::is_vcard(&table::head(path, 64)?) {
        let stats = Stats::of(path, &Reading::Vcard, true)?;
        let (rows, columns) = (stats.rows, stats.columns());
        return Ok(Detected { format: Format::Vcard, reading: Reading::Vcard, sheets: Vec::new(), rows, columns });
    }
    let (dialect, rows) = table::detect(path, given.encoding.as_deref(), given.delimiter)?;
    let reading = Reading::Csv(dialect);
    let columns = Stats::of(path, &reading, false)?.columns();
    Ok(Detected { format: Format::Csv, reading, sheets: Vec::new(), rows: rows.saturating_sub(1), columns })
}

fn workbook(path: &Path, given: &Given) -> Result<Detected> {
    let sheets = table::sheets(path)?;
    let sheet = given.sheet.clone().unwrap_or_else(|| sheets.first().cloned().unwrap_or_default());
    let reading = Reading::Xlsx(sheet);
    let stats = Stats::of(path, &reading, true)?;
    Ok(Detected { format: Format::Xlsx, reading, sheets, rows: stats.rows, columns: stats.columns() })
}

#[derive(Default)]
struct Stats {
    headers: Vec<String>,
    samples: Vec<Vec<String>>,
    counts: Vec<HashMap<Box<str>, u64>>,
    rows: u64,
}

impl Stats {
    fn of(path: &Path, reading: &Reading, to_the_end: bool) -> Result<Stats> {
        let mut headers = Vec::new();
        let mut stats = Stats::default();
        table::read(
            path,
            reading,
            |header| {
                headers = headers_of(&header.cells);
                Ok(())
            },
            |row| {
                stats.rows += 1;
                if stats.rows <= LOOKED_AT {
                    stats.look(&row.cells);
                }
                Ok(to_the_end || stats.rows < LOOKED_AT)
            },
        )?;
        stats.headers = headers;
        Ok(stats)
    }

    fn look(&mut self, cells: &csv::StringRecord) {
        if self.counts.len() < cells.len() {
            self.counts.resize_with(cells.len().min(table::MAX_COLUMNS), HashMap::new);
            self.samples.resize_with(self.counts.len(), Vec::new);
        }
        let cap = (COUNTED / self.counts.len().max(1)).min(10_000);
        for (at, cell) in cells.iter().take(self.counts.len()).enumerate() {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            let shown = short(cell);
            if self.samples[at].len() < SAMPLES && self.samples[at].iter().all(|s| s != shown) {
                self.samples[at].push(shown.to_owned());
            }
            let counts = &mut self.counts[at];
            if let Some(n) = counts.get_mut(shown) {
                *n += 1;
            } else if counts.len() < cap {
                counts.insert(shown.into(), 1);
            }
        }
    }

    fn columns(self) -> Vec<Column> {
        let wide = self.headers.len() > 100;
        let distinct = if wide { 5 } else { DISTINCT };
        let mut columns = Vec::with_capacity(self.headers.len());
        let (mut samples, mut counts) = (self.samples.into_iter(), self.counts.into_iter());
        for (index, header) in self.headers.into_iter().enumerate() {
            let mut values: Vec<_> = counts.next().unwrap_or_default().into_iter().collect();
            values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            values.truncate(distinct);
            let distinct = values.into_iter().map(|(value, count)| Distinct { value: value.into(), count }).collect();
            columns.push(Column { index, header, samples: samples.next().unwrap_or_default(), distinct, suggested: None });
        }
        columns
    }
}

fn short(cell: &str) -> &str {
    cell.char_indices().nth(SHOWN).map_or(cell, |(at, _)| &cell[..at])
}

/// Headers, trimmed; those without text are numbered.
pub(crate) fn headers_of(cells: &csv::StringRecord) -> Vec<String> {
    let last = cells.iter().enumerate().filter(|(_, c)| !c.trim().is_empty()).last().map_or(0, |(at, _)| at + 1);
    let name = |(at, cell): (usize, &str)| if cell.trim().is_empty() { format!("#{}", at + 1) } else { short(cell.trim()).to_owned() };
    cells.iter().take(last).enumerate().map(name).collect()
}
