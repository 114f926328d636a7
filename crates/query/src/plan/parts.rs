//! Aggregates in parts: one statement gives an aggregate's rows for each range of record ids, from which the whole is put together. Who
//! keeps the parts has to ask only for those ranges again in which records have changed.

use std::collections::HashMap;

use guanxi_model::Cell;

/// The most cells that a split keeps.
const MAX_CELLS: usize = 8_192;

/// Into how many parts the ids are split.
const PARTS: std::ops::RangeInclusive<usize> = 16..=512;

/// How many parts are added up together.
const BLOCK: i64 = 16;

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
    /// By the part's number divided by [`BLOCK`].
    blocks: HashMap<i64, Block>,
    kept: usize,
}

/// Some parts that are next to each other.
#[derive(Clone, Debug, Default)]
struct Block {
    parts: HashMap<i64, Part>,
    /// All of them together, if that is known.
    sum: Option<Part>,
}

/// Its groups, and the cells of each that are no keys.
#[derive(Clone, Debug, Default)]
struct Part {
    groups: Vec<usize>,
    cells: Vec<Cell>,
}

impl Parts {
    /// The parameters for these ids.
    pub fn params(&self, from: i64, to: i64, width: i64) -> Vec<Cell> {
        self.params.iter().cloned().chain([from, to, width].map(Cell::Int)).collect()
    }

    /// An empty split for records with ids from `least` to `greatest`; its groups are those of `whole`, the cells of the whole. `None` if
    /// they are too many to be kept for each part.
    pub fn split(&self, (least, greatest): (i64, i64), whole: &[Cell]) -> Option<Split> {
        let groups: HashMap<Vec<Cell>, usize> =
            whole.chunks_exact(self.columns.len()).enumerate().map(|(i, row)| (self.cells(row, true), i)).collect();
        let parts = (MAX_CELLS / (groups.len() * self.values().count()).max(1)).min(*PARTS.end());
        if parts < *PARTS.start() {
            return None;
        }
        let width = ((greatest - least) / i64::try_from(parts).unwrap_or(1)).max(1);
        Some(Split { width, groups, blocks: HashMap::new(), kept: 0 })
    }

    /// The cells of a row that are keys, or those that are none.
    fn cells(&self, row: &[Cell], keys: bool) -> Vec<Cell> {
        self.columns.iter().zip(row).filter(|(join, _)| (**join == Join::Key) == keys).map(|(_, cell)| cell.clone()).collect()
    }

    /// The columns that are no keys.
    fn values(&self) -> impl Iterator<Item = Join> {
        self.columns.iter().copied().filter(|join| *join != Join::Key)
    }

    /// The cells of the whole, its groups in their old order; `None` if a group has no record any more or a number is too large.
    pub fn whole(&self, split: &mut Split) -> Option<Vec<Cell>> {
        let values: Vec<Join> = self.values().collect();
        for block in split.blocks.values_mut().filter(|block| block.sum.is_none()) {
            block.sum = Some(total(&values, split.groups.len(), block.parts.values())?);
        }
        let mut all = total(&values, split.groups.len(), split.blocks.values().filter_map(|block| block.sum.as_ref()))?;
        if values.len() == self.columns.len() {
            // Without keys there is one group even if there is no record.
            all.cells.resize(values.len(), Cell::Null);
        } else if all.groups.len() < split.groups.len() {
            return None;
        }
        for (cell, join) in all.cells.iter_mut().zip(values.iter().cycle()) {
            if *join == Join::Count && cell.is_null() {
                *cell = Cell::Int(0);
            }
        }
        let mut rows = vec![Vec::new(); split.groups.len()];
        for (key, group) in &split.groups {
            let (mut key, mut values) = (key.iter(), all.cells[group * values.len()..].iter());
            let cell = |join: &Join| if *join == Join::Key { key.next() } else { values.next() }.cloned().unwrap_or_default();
            rows[*group] = self.columns.iter().map(cell).collect();
        }
        Some(rows.concat())
    }
}

/// Several parts as one, its groups in ascending order; `None` if a number is too large.
fn total<'a>(values: &[Join], groups: usize, parts: impl Iterator<Item = &'a Part>) -> Option<Part> {
    let width = values.len();
    let mut rows: Vec<Option<Vec<Cell>>> = vec![None; groups];
    for part in parts {
        for (i, group) in part.groups.iter().enumerate() {
            let row = rows[*group].get_or_insert_with(|| vec![Cell::Null; width]);
            for ((into, cell), join) in row.iter_mut().zip(&part.cells[i * width..]).zip(values) {
                join.add(into, cell)?;
            }
        }
    }
    let mut all = Part::default();
    for (group, row) in rows.into_iter().enumerate() {
        if let Some(row) = row {
            all.groups.push(group);
            all.cells.extend(row);
        }
    }
    Some(all)
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
            if let Some(block) = self.blocks.get_mut(&(part / BLOCK)) {
                block.sum = None;
                self.kept -= block.parts.remove(part).map_or(0, |part| part.cells.len());
            }
        }
    }

    /// Takes rows of [`Parts::sql`] of parts that are empty so far. `None` if one is of a group that is not known, or there are too many.
    pub fn take(&mut self, of: &Parts, rows: &[Cell]) -> Option<()> {
        for row in rows.chunks_exact(1 + of.columns.len()) {
            let (part, row) = (row[0].as_int()? / self.width, &row[1..]);
            let group = *self.groups.get(&of.cells(row, true))?;
            let block = self.blocks.entry(part / BLOCK).or_default();
            block.sum = None;
            let part = block.parts.entry(part).or_default();
            part.groups.push(group);
            part.cells.extend(of.cells(row, false));
            self.kept += of.values().count();
        }
        (self.kept <= 2 * MAX_CELLS).then_some(())
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
