//! What the writer runs: statements with what is expected of them, together or not at all.

use std::borrow::Cow;

use guanxi_model::{Cell, Error, Result};

use crate::error::WriteError;

/// Parameters of a statement.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$(guanxi_model::Cell::from($value)),*] };
}
pub(crate) use cells;

/// SQL text: fixed, or from the planner.
pub(crate) type SqlText = Cow<'static, str>;

/// Rows as an engine gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    /// Cells of a row.
    pub(crate) width: usize,
    /// All cells, row by row.
    pub(crate) cells: Vec<Cell>,
}

impl Rows {
    /// Reads every row.
    pub(crate) fn read<T>(self, mut each: impl FnMut(&mut Row) -> Result<T>) -> Result<Vec<T>> {
        let mut out = Vec::with_capacity(self.cells.len() / self.width.max(1));
        let mut cells = self.cells.into_iter();
        while !cells.as_slice().is_empty() {
            let mut row = Row(cells.by_ref().take(self.width.max(1)).collect::<Vec<_>>().into_iter());
            out.push(each(&mut row)?);
        }
        Ok(out)
    }
}

/// One row, read from left to right.
pub(crate) struct Row(std::vec::IntoIter<Cell>);

impl Row {
    fn next(&mut self) -> Cell {
        self.0.next().unwrap_or_default()
    }

    /// An integer that is never NULL.
    pub(crate) fn int(&mut self) -> Result<i64> {
        self.next().as_int().ok_or_else(|| Error::internal("an integer was expected in a system table"))
    }

    /// An integer or NULL.
    pub(crate) fn maybe_int(&mut self) -> Option<i64> {
        self.next().as_int()
    }

    /// A truth value; NULL is false.
    pub(crate) fn bool(&mut self) -> bool {
        self.next().as_bool().unwrap_or(false)
    }

    /// A text that is never NULL.
    pub(crate) fn text(&mut self) -> Result<String> {
        self.maybe_text().ok_or_else(|| Error::internal("a text was expected in a system table"))
    }

    /// A text or NULL.
    pub(crate) fn maybe_text(&mut self) -> Option<String> {
        match self.next() {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What a statement must do, or its unit is rolled back.
#[derive(Clone, Debug)]
pub(crate) enum Expect {
    /// Nothing in particular.
    Any,
    /// It changes exactly this many rows; else [`OnFail`] says what that means.
    Changes(u64),
    /// It gives a row.
    SomeRow,
    /// It gives no row.
    NoRow,
    /// Its rows are handed to the caller.
    Rows,
}

/// What a failed expectation means.
#[derive(Clone, Debug)]
pub(crate) enum OnFail {
    /// This.
    Is(WriteError),
    /// The record has another version if the probe gives a row, else it is gone.
    Stale {
        /// Index of the change.
        change: usize,
        /// Looks for the record in the state that the operation needs; its parameter is the id.
        probe: SqlText,
        /// The record.
        id: i64,
    },
}

/// Statement of a unit.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The text, with `$1`, `$2` … in order of first appearance.
    pub(crate) sql: SqlText,
    /// Its parameters.
    pub(crate) params: Vec<Cell>,
    /// What it must do.
    pub(crate) expect: Expect,
    /// What it means if it does not.
    pub(crate) on_fail: OnFail,
    /// Index of the (first) change it carries out, for a unique violation.
    pub(crate) change: Option<usize>,
}
