//! The planner: a tree to one SQL statement, its parameters, and how its rows become JSON.

use guanxi_model::meta::FieldType;
use guanxi_model::{Cell, Ctx, Result, Schema};

use crate::dialect::Dialect;
use crate::tree::Query;

/// Which page of a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Records a page; the planner asks for one more to know whether there is a next page.
    pub limit: u32,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// Whether the exact total is wanted.
    pub total: bool,
}

/// A statement ready for the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// SQL with `$1`, `$2` … in order of first appearance (both engines read that).
    pub sql: String,
    /// Its parameters.
    pub params: Vec<Cell>,
    /// How the row's first cells become JSON.
    pub outputs: Vec<Output>,
    /// How many cells a row has: those of `outputs`, then the hidden ones of the cursor.
    pub width: usize,
    /// The statement for the exact total and its parameters, if asked for.
    pub count: Option<(String, Vec<Cell>)>,
    /// The page's size (rows beyond it only say that there is more); `None`: the result is not paged (aggregates).
    pub page: Option<u32>,
}

/// One member of an answered record.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Where it goes: `["account", "name"]`.
    pub path: Vec<String>,
    /// How it is written.
    pub ty: FieldType,
    /// How many cells it takes.
    pub cells: usize,
}

/// Rows as the store gives them: `width` cells each, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageRows {
    /// Cells of a row.
    pub width: usize,
    /// All cells.
    pub cells: Vec<Cell>,
    /// How they become JSON.
    pub outputs: Vec<Output>,
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

    /// Writes one row as a JSON object, nested by the outputs' paths.
    pub fn write_row(&self, out: &mut Vec<u8>, schema: &Schema, row: &[Cell]) {
        let _ = (out, schema, row);
    }
}

/// Plans a query. `ctx` gives the user for `ME` and the time and time zone for date literals.
pub fn plan(ctx: &Ctx, schema: &Schema, query: &Query, page: &Page, dialect: Dialect) -> Result<Plan> {
    let _ = (ctx, schema, query, page, dialect);
    Err(guanxi_model::Error::internal("unwritten"))
}

impl Plan {
    /// Cuts off the surplus row, makes the cursor of the next page. `cells` are all cells the statement gave.
    pub fn finish(self, cells: Vec<Cell>, total: Option<i64>) -> PageRows {
        PageRows { width: self.width, cells, outputs: self.outputs, next: None, total }
    }
}
