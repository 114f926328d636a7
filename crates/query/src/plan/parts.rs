//! Aggregates in parts: one statement gives an aggregate's rows for each range of record ids, from which the whole is put together. Who
//! keeps the parts has to ask only for those ranges again in which records have changed.

use std::collections::HashMap;

use guanxi_model::Cell;

/// The most cells that a split keeps.
const MAX_CELLS: usize = 16_384;

/// Into how many parts the ids are split; more wait in the split for records to come.
const PARTS: std::ops::RangeInclusive<i64> = 16..=512;

/// How the cells of one column of two parts become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// The group's key: they are the same.
    Key,
    /// They are added up; nothing is zero.
    Count,
    /// They are added up; nothing stays nothing.
    Sum,
    /// The lesser.
    Least,
    /// The greater.
    Greatest,
}

/// An aggregate of which the rows can be asked for by ranges of the main record's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// An id of the part, then the columns of the whole. Its last three parameters are the first id, the one after the last, and how many
    /// ids a part has.
    pub sql: String,
    /// Its parameters but those three.
    pub params: Vec<Cell>,
    /// Gives the least and the greatest id there is.
    pub span: String,
    pub(crate) columns: Vec<Join>,
}

/// The rows of each part.
#[derive(Clone, Debug)]
pub struct Split {
    width: i64,
    groups: HashMap<Vec<Cell>, usize>,
    /// By the part's number: the group of each row, and its cells.
    parts: HashMap<i64, Vec<(usize, Vec<Cell>)>>,
    kept: usize,
}

impl Parts {
    /// The parameters for these ids.
    pub fn params(&self, from: i64, to: i64, width: i64) -> Vec<Cell> {
        self.params.iter().cloned().chain([from, to, width].map(Cell::Int)).collect()
    }

    /// An empty split for records with ids from `least` to `greatest`; its groups are those of `whole`, the cells of the whole.
    pub fn split(&self, (least, greatest): (i64, i64), whole: &[Cell]) -> Split {
        let rows = whole.chunks_exact(self.columns.len());
        let parts = (MAX_CELLS / 2 / whole.len().max(1)).try_into().unwrap_or(i64::MAX).clamp(*PARTS.start(), *PARTS.end());
        let width = ((greatest - least) / parts).max(1);
        Split { width, groups: rows.enumerate().map(|(i, row)| (self.key(row), i)).collect(), parts: HashMap::new(), kept: 0 }
    }

    fn key(&self, row: &[Cell]) -> Vec<Cell> {
        self.columns.iter().zip(row).filter(|(join, _)| **join == Join::Key).map(|(_, cell)| cell.clone()).collect()
    }

    /// The cells of the whole, its groups in their old order; `None` if a group has no record any more or a number is too large.
    pub fn whole(&self, split: &Split) -> Option<Vec<Cell>> {
        let width = self.columns.len();
        let mut cells: Vec<Cell> = Vec::with_capacity(split.groups.len() * width);
        cells.resize(split.groups.len() * width, Cell::Null);
        let mut seen = vec![!self.columns.contains(&Join::Key); split.groups.len()];
        for (group, row) in split.parts.values().flatten() {
            seen[*group] = true;
            for ((into, cell), join) in cells[group * width..].iter_mut().zip(row).zip(&self.columns) {
                join.add(into, cell)?;
            }
        }
        for (cell, join) in cells.iter_mut().zip(self.columns.iter().cycle()) {
            if *join == Join::Count && cell.is_null() {
                *cell = Cell::Int(0);
            }
        }
        for (key, group) in &split.groups {
            let places = self.columns.iter().enumerate().filter(|(_, join)| **join == Join::Key);
            places.zip(key).for_each(|((at, _), cell)| cells[group * width + at] = cell.clone());
        }
        seen.into_iter().all(|seen| seen).then_some(cells)
    }
}

impl Split {
    /// How many ids a part has.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// The parts in which these records are.
    pub fn parts_of(&self, ids: impl Iterator<Item = i64>) -> Vec<i64> {
        let mut parts: Vec<i64> = ids.map(|id| id / self.width).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// Forgets what these parts were.
    pub fn clear(&mut self, parts: &[i64]) {
        for part in parts {
            self.kept -= self.parts.remove(part).map_or(0, |rows| rows.iter().map(|(_, cells)| cells.len()).sum());
        }
    }

    /// Takes rows of [`Parts::sql`] of parts that are empty so far. `None` if one is of a group that is not known, or there are too many.
    pub fn take(&mut self, of: &Parts, rows: &[Cell]) -> Option<()> {
        for row in rows.chunks_exact(1 + of.columns.len()) {
            let (part, row) = (row[0].as_int()? / self.width, &row[1..]);
            let group = *self.groups.get(&of.key(row))?;
            self.kept += row.len();
            let row = of.columns.iter().zip(row).map(|(join, cell)| if *join == Join::Key { Cell::Null } else { cell.clone() });
            self.parts.entry(part).or_default().push((group, row.collect()));
        }
        (self.kept <= MAX_CELLS).then_some(())
    }
}

impl Join {
    fn add(self, into: &mut Cell, cell: &Cell) -> Option<()> {
        if cell.is_null() || self == Join::Key {
            return Some(());
        }
        match self {
            Join::Least if !into.is_null() && *into <= *cell => {}
            Join::Greatest if !into.is_null() && *into >= *cell => {}
            Join::Count | Join::Sum if !into.is_null() => *into = Cell::Int(into.as_int()?.checked_add(cell.as_int()?)?),
            _ => *into = cell.clone(),
        }
        Some(())
    }
}
