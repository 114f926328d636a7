//! What the writer runs: statements with what is expected of them, together or not at all. Both engines carry out the same
//! units; nothing here knows a driver.

use std::ops::Deref;
use std::sync::Arc;

use guanxi_model::{Cell, Error, Object, Result};

use crate::error::WriteError;
use crate::heads::Moves;

/// Parameters of a statement.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$(guanxi_model::Cell::from($value)),*] };
}
pub(crate) use cells;

/// SQL text: fixed, or from the planner. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SqlText {
    /// Written in this crate.
    Fixed(&'static str),
    /// Made at run time.
    Made(Arc<str>),
}

impl Deref for SqlText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            SqlText::Fixed(text) => text,
            SqlText::Made(text) => text,
        }
    }
}

impl From<&'static str> for SqlText {
    fn from(text: &'static str) -> SqlText {
        SqlText::Fixed(text)
    }
}

impl From<String> for SqlText {
    fn from(text: String) -> SqlText {
        SqlText::Made(text.into())
    }
}

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
        let width = self.width.max(1);
        let mut out = Vec::with_capacity(self.cells.len() / width);
        let mut cells = self.cells.into_iter();
        while !cells.as_slice().is_empty() {
            let mut row = Row(cells.by_ref().take(width).collect::<Vec<_>>().into_iter());
            out.push(each(&mut row)?);
        }
        Ok(out)
    }

    /// The first cell as an integer.
    pub(crate) fn first_int(&self) -> Option<i64> {
        self.cells.first().and_then(Cell::as_int)
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
    /// It changes exactly one row; else [`OnFail`] says what that means.
    OneChange(OnFail),
    /// It gives no row; else this.
    NoRow(WriteError),
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

impl OnFail {
    /// The error, once it is known whether the probe found the record.
    pub(crate) fn stale(change: usize, found: bool) -> WriteError {
        if found { WriteError::Version { change } } else { WriteError::Gone { change } }
    }
}

/// A statement of a unit.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The text, with `$1`, `$2` … in order of first appearance.
    pub(crate) sql: SqlText,
    /// Its parameters.
    pub(crate) params: Vec<Cell>,
    /// What it must do.
    pub(crate) expect: Expect,
    /// Index of the change it carries out, for a unique violation.
    pub(crate) change: Option<usize>,
}

/// New records of one object with the same columns; they are the changes from `first_change` on.
#[derive(Clone, Debug)]
pub(crate) struct InsertRun {
    /// The object.
    pub(crate) object: Arc<Object>,
    /// Physical columns.
    pub(crate) columns: Vec<String>,
    /// Index of the first record's change.
    pub(crate) first_change: usize,
    /// Values, `columns.len()` for each record.
    pub(crate) cells: Vec<Cell>,
}

/// A record that must be there, and for whom.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Index of the change.
    pub(crate) change: usize,
    /// API name of the field that points at it.
    pub(crate) field: String,
    /// The record's id.
    pub(crate) id: Cell,
}

impl Target {
    /// The error if it is not there.
    pub(crate) fn missing(&self) -> WriteError {
        WriteError::Missing { change: self.change, field: self.field.clone() }
    }
}

/// Part of a unit.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A statement.
    Step(Step),
    /// New records.
    Insert(InsertRun),
    /// Live records of an object must exist; each id stands once.
    Exist(Arc<Object>, Vec<Target>),
}

/// A row of the change log before it has its place.
#[derive(Clone, Debug)]
pub(crate) struct LogRow {
    pub(crate) change_set: i64,
    pub(crate) at: i64,
    pub(crate) user: i64,
    pub(crate) door: &'static str,
    pub(crate) op: i64,
    pub(crate) object: i64,
    pub(crate) record: i64,
    pub(crate) version: i64,
    pub(crate) diff: String,
}

/// Statements that are carried out together or not at all, and what the change log says about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// Statements, in order.
    pub(crate) parts: Vec<Part>,
    /// Rows of the change log.
    pub(crate) log: Vec<LogRow>,
    /// Whether it changes who is signed in, or as what, or who is in what.
    pub(crate) moves: Moves,
    /// Whether it stores events of the audit log: their numbers follow the order of the commits like the change log's places.
    pub(crate) events: bool,
}

impl Unit {
    /// A unit of plain statements.
    pub(crate) fn of(steps: Vec<Step>) -> Unit {
        Unit { parts: steps.into_iter().map(Part::Step).collect(), ..Unit::default() }
    }

    /// How many records it makes.
    pub(crate) fn new_records(&self) -> u64 {
        let runs = self.parts.iter().map(|part| if let Part::Insert(run) = part { run.cells.len() / run.columns.len().max(1) } else { 0 });
        runs.sum::<usize>() as u64
    }

    /// About how many rows it writes: bounds a batch.
    pub(crate) fn weight(&self) -> usize {
        self.log.len() + self.parts.len()
    }
}

/// What a committed unit gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    /// Place of its first log row; the head + 1 if it has none.
    pub(crate) first_seq: i64,
    /// Place of its last log row.
    pub(crate) last_seq: i64,
    /// The rows of the statements that hand theirs to the caller.
    pub(crate) rows: Vec<Rows>,
    /// Rows changed by all statements.
    pub(crate) changed: u64,
}
