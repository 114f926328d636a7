//! The rows of an answer, and how they become JSON.

use std::sync::Arc;

use guanxi_model::mask::mask;
use guanxi_model::meta::FieldType;
use guanxi_model::render::write_value;
use guanxi_model::{Cell, Schema};

use crate::tree::Mask;

/// One member of an answered record. The outputs of a plan stand so that members of one nested object are next to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Where it goes: `["account", "name"]`.
    pub path: Vec<String>,
    /// How it is written.
    pub ty: FieldType,
    /// How many cells it takes.
    pub cells: usize,
    /// For each nested object around it, from the outside: the cell of the row with the joined record's id; where that is empty,
    /// the whole object is `null`. `None` for the parts of a compound value.
    pub parents: Vec<Option<usize>>,
    /// What is done to its value before anybody sees it; `None`: nothing.
    pub veil: Option<Veil>,
}

/// A [`Mask`] with the place of the owner it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Veil {
    /// The cell of the row with the owner of the record that the value is of.
    pub owner: usize,
    /// What is given of the value.
    pub mask: Mask,
}

impl Veil {
    fn lies_on(&self, row: &[Cell]) -> bool {
        let owner = row.get(self.owner).and_then(Cell::as_int);
        owner.is_none_or(|owner| self.mask.full_for.binary_search(&owner).is_err())
    }
}

/// Rows as the store gives them: `width` cells each, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageRows {
    /// Cells of a row.
    pub width: usize,
    /// All cells.
    pub cells: Vec<Cell>,
    /// How they become JSON.
    pub outputs: Arc<Vec<Output>>,
    /// Cursor of the next page, `None` at the end.
    pub next: Option<String>,
    /// The exact total, if asked for.
    pub total: Option<i64>,
}

impl PageRows {
    /// The rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Cell]> {
        self.cells.chunks_exact(self.width.max(1))
    }

    /// The rows with what their veils leave of the values. Whoever makes rows of what the database gave passes here.
    #[must_use]
    pub fn veiled(mut self) -> PageRows {
        if self.outputs.iter().all(|output| output.veil.is_none()) {
            return self;
        }
        for row in self.cells.chunks_exact_mut(self.width.max(1)) {
            let mut at = 0;
            for output in self.outputs.iter() {
                let cells = at..at + output.cells;
                at = cells.end;
                if output.veil.as_ref().is_some_and(|veil| veil.lies_on(row)) {
                    mask(&output.ty, &mut row[cells]);
                }
            }
        }
        self
    }

    /// Writes one row as a JSON object, nested by the outputs' paths.
    pub fn write_row(&self, out: &mut Vec<u8>, schema: &Schema, row: &[Cell]) {
        out.push(b'{');
        let mut first = true;
        let mut open: &[String] = &[];
        let mut absent: Option<&[String]> = None;
        let mut at = 0;
        for output in self.outputs.iter() {
            let cells = row.get(at..at + output.cells).unwrap_or(&[]);
            at += output.cells;
            if absent.is_some_and(|prefix| output.path.starts_with(prefix)) {
                continue;
            }
            let levels = output.path.len() - 1;
            let shared = open.iter().zip(&output.path[..levels]).take_while(|(a, b)| a == b).count();
            if open.len() > shared {
                out.resize(out.len() + open.len() - shared, b'}');
                first = false;
            }
            open = &output.path[..shared];
            absent = None;
            for level in shared..levels {
                key(out, &mut first, &output.path[level]);
                let id = output.parents.get(level).copied().flatten().and_then(|cell| row.get(cell));
                if id.is_some_and(Cell::is_null) {
                    out.extend_from_slice(b"null");
                    absent = Some(&output.path[..=level]);
                    break;
                }
                out.push(b'{');
                first = true;
                open = &output.path[..=level];
            }
            if absent.is_none() {
                key(out, &mut first, &output.path[levels]);
                write_value(out, schema, &output.ty, cells);
            }
        }
        out.resize(out.len() + open.len() + 1, b'}');
    }
}

fn key(out: &mut Vec<u8>, first: &mut bool, name: &str) {
    if !*first {
        out.push(b',');
    }
    *first = false;
    // API names have nothing to escape.
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// What is selected, before its cells are known.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<T> {
    /// Where it goes.
    pub(crate) path: Vec<String>,
    /// What it is.
    pub(crate) what: T,
}

/// Puts members of one nested object next to each other (at the place of its first member), without duplicates; a part of a
/// compound value that is there as a whole is dropped.
pub(crate) fn arrange<T>(items: Vec<Wanted<T>>) -> Vec<Wanted<T>> {
    let mut kept: Vec<Wanted<T>> = Vec::new();
    let paths: std::collections::HashSet<Vec<String>> = items.iter().map(|i| i.path.clone()).collect();
    let mut seen = std::collections::HashSet::new();
    for item in items {
        let whole_is_there = (1..item.path.len()).any(|n| paths.contains(&item.path[..n]));
        if !whole_is_there && seen.insert(item.path.clone()) {
            kept.push(item);
        }
    }
    group(kept, 0)
}

fn group<T>(items: Vec<Wanted<T>>, level: usize) -> Vec<Wanted<T>> {
    let mut groups: Vec<(String, Vec<Wanted<T>>)> = Vec::new();
    let mut place = std::collections::HashMap::new();
    for item in items {
        let name = item.path[level].clone();
        let i = *place.entry(name.clone()).or_insert(groups.len());
        if i == groups.len() {
            groups.push((name, Vec::new()));
        }
        groups[i].1.push(item);
    }
    groups.into_iter().flat_map(|(_, g)| if g.iter().all(|i| i.path.len() > level + 1) { group(g, level + 1) } else { g }).collect()
}
