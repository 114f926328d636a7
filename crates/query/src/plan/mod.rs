//! The planner: a tree to one SQL statement, its parameters, and how its rows become JSON.

mod aggregate;
mod cursor;
mod filter;
mod joins;
mod order;
mod parts;
mod rows;
mod value;

use std::sync::Arc;

use guanxi_model::{Cell, Ctx, Object, ObjectNo, Result, Schema};

use crate::dialect::{Dialect, quote};
use crate::index::indexes;
use crate::resolve::filter_paths;
use crate::tree::{Path, Query, Select};
use aggregate::Finish;
use cursor::Cursor;
use filter::{Subject, Writer};
use joins::{Operand, Tables, too_large};
use rows::{Wanted, arrange};

pub(crate) use joins::never_null;
pub use parts::{Parts, Split};
pub use rows::{Output, PageRows};

/// The most columns of a statement; PostgreSQL takes 1,664.
const MAX_COLUMNS: usize = 1_500;

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
    /// How the first cells of a finished row become JSON.
    pub outputs: Vec<Output>,
    /// How many cells a row of the statement has. Of a list: those of `outputs`, then hidden ones.
    pub width: usize,
    /// The statement for the exact total and its parameters, if asked for.
    pub count: Option<(String, Vec<Cell>)>,
    /// The objects whose records it reads.
    pub objects: Vec<ObjectNo>,
    /// The page's size (rows beyond it only say that there is more); `None`: the result is not paged (aggregates).
    pub page: Option<u32>,
    /// The same by parts, for an aggregate that can be put together from them.
    pub parts: Option<Parts>,
    tail: Tail,
}

/// What becomes of the rows.
#[derive(Clone, Debug, PartialEq)]
enum Tail {
    /// A list: the cells of the order's keys, the query's shape, and what its own limit allows behind this page.
    List { keys: Vec<usize>, shape: String, remaining: Option<u32> },
    /// Groups: what each output's cells are made of.
    Groups(Vec<Finish>),
}

/// Plans a query. `ctx` gives the user for `ME` and the time and time zone for date literals.
///
/// # Errors
/// `unknown_field`, `bad_value`, `not_sortable`, `bad_cursor`, `query_too_large` and, for aggregates, `not_grouped`, `bad_aggregate`.
pub fn plan(ctx: &Ctx, schema: &Schema, query: &Query, page: &Page, dialect: Dialect) -> Result<Plan> {
    let main = schema.require(&query.object)?;
    let tables = Tables::new(schema, main, query.deleted);
    let writer = Writer::new(ctx, schema, dialect);
    if query.is_aggregate() { aggregate::plan(schema, query, tables, writer) } else { list(ctx, schema, query, page, tables, writer) }
}

/// The columns of a SELECT, each once.
#[derive(Default)]
struct Columns(Vec<String>);

impl Columns {
    fn push(&mut self, sql: &str) -> usize {
        self.0.push(sql.to_owned());
        self.0.len() - 1
    }

    /// The place of a column, which is added if it is not there.
    fn place(&mut self, sql: &str) -> usize {
        self.0.iter().position(|c| c == sql).unwrap_or_else(|| self.push(sql))
    }
}

fn list(ctx: &Ctx, schema: &Schema, query: &Query, page: &Page, mut tables: Tables<'_>, mut writer: Writer<'_>) -> Result<Plan> {
    let (mut columns, outputs) = select(&mut tables, &query.select)?;
    let order = order::keys(&mut tables, &query.order)?;
    let keys: Vec<usize> = order.iter().map(|key| columns.place(&key.sql)).collect();
    let shape = cursor::shape(query);
    let start = page.cursor.as_deref().map(|text| Cursor::decode(text, &shape, &order)).transpose()?;
    let allowed = start.as_ref().map_or(query.limit, |s| s.remaining);
    let size = page.limit.max(1).min(allowed.unwrap_or(u32::MAX));
    let remaining = allowed.map(|a| a - size);
    let rows = u64::from(size) + u64::from(remaining != Some(0));

    let head = format!("SELECT {}{}", columns.0.join(", "), source(&mut writer, &mut tables, query)?);
    let tail = format!(" ORDER BY {} LIMIT {rows}", order::order_by(&order, writer.dialect));
    let split = |start: &Cursor, writer: &mut Writer<'_>| {
        if has_index(tables.main(), &order[0].sql) { order::halves(writer, &order, &start.values) } else { None }
    };
    let sql = match &start {
        None => format!("{head}{tail}"),
        Some(start) => match split(start, &mut writer) {
            None => format!("{head} AND {}{tail}", order::after(&mut writer, &order, &start.values)),
            Some((near, far)) => format!(
                "SELECT * FROM ({head} AND {near}{tail}) AS near UNION ALL SELECT * FROM ({head} AND {far}{tail}) AS far ORDER BY {} LIMIT {rows}",
                order::order_by_place(&order, &keys, writer.dialect)
            ),
        },
    };
    let count = if page.total { Some(count(ctx, schema, query, writer.dialect)?) } else { None };
    let tail = Tail::List { keys, shape, remaining };
    Ok(Plan {
        sql,
        params: writer.params,
        outputs,
        width: columns.0.len(),
        count,
        objects: tables.objects(),
        page: Some(size),
        parts: None,
        tail,
    })
}

/// Whether an index of the main object has this column.
fn has_index(object: &Object, column: &str) -> bool {
    indexes(object).iter().any(|index| index.columns.iter().any(|(name, _)| column == format!("t0.{}", quote(name))))
}

/// The columns and outputs of a list.
fn select(tables: &mut Tables<'_>, select: &[Select]) -> Result<(Columns, Vec<Output>)> {
    let mut wanted = Vec::new();
    for item in select {
        if let Select::Field(path) = item {
            wanted.push(Wanted { path: path.segments.clone(), what: tables.operand(path)? });
        }
    }
    let wanted = arrange(wanted);
    let mut columns = Columns::default();
    for item in &wanted {
        item.what.columns.iter().for_each(|c| _ = columns.push(c));
    }
    let outputs = wanted
        .into_iter()
        .map(|item| Output {
            parents: parents(&mut columns, &item.what),
            ty: item.what.ty,
            cells: item.what.columns.len(),
            path: item.path,
        })
        .collect();
    if columns.0.len() > MAX_COLUMNS { Err(too_large(0)) } else { Ok((columns, outputs)) }
}

/// The cells with the ids of the records that a path leads over.
fn parents(columns: &mut Columns, operand: &Operand) -> Vec<Option<usize>> {
    let levels = operand.path.segments.len() - 1;
    let mut cells: Vec<Option<usize>> = operand.hops.iter().map(|id| Some(columns.place(id))).collect();
    cells.resize(levels, None);
    cells
}

/// `FROM … WHERE …` with the row predicates of every object; the condition can be continued with AND.
fn source(writer: &mut Writer<'_>, tables: &mut Tables<'_>, query: &Query) -> Result<String> {
    let mut paths: Vec<&Path> = Vec::new();
    if let Some(filter) = &query.filter {
        filter_paths(filter, &mut paths);
    }
    for path in paths {
        tables.operand(path)?;
    }
    let mut sql = format!(" FROM {} AS t0", quote(tables.main().name()));
    for (i, join) in tables.joins().to_vec().iter().enumerate() {
        sql.push_str(&join.sql(i + 1));
        if let Some(scope) = query.scopes.get(&join.object.no) {
            sql.push_str(" AND ");
            sql.push_str(&writer.condition(tables, Subject::Alias(i + 1), scope)?);
        }
    }
    sql.push_str(if query.deleted { " WHERE t0.\"deleted_at\" IS NOT NULL" } else { " WHERE t0.\"deleted_at\" IS NULL" });
    if let Some(scope) = query.scopes.get(&tables.main().no) {
        sql.push_str(" AND ");
        sql.push_str(&writer.condition(tables, Subject::Alias(0), scope)?);
    }
    if let Some(filter) = &query.filter {
        sql.push_str(" AND ");
        sql.push_str(&writer.condition(tables, Subject::Main, filter)?);
    }
    Ok(sql)
}

/// The statement for the total: the same records, with the joins that the condition needs.
fn count(ctx: &Ctx, schema: &Schema, query: &Query, dialect: Dialect) -> Result<(String, Vec<Cell>)> {
    let mut tables = Tables::new(schema, schema.require(&query.object)?, query.deleted);
    let mut writer = Writer::new(ctx, schema, dialect);
    let source = source(&mut writer, &mut tables, query)?;
    let sql = match query.limit {
        Some(limit) => format!("SELECT COUNT(*) FROM (SELECT 1{source} LIMIT {limit}) AS capped"),
        None => format!("SELECT COUNT(*){source}"),
    };
    Ok((sql, writer.params))
}

impl Plan {
    /// Cuts off the surplus row, makes the cursor of the next page, works out aggregates. `cells` are all cells the statement gave.
    ///
    /// # Errors
    /// `mixed_currencies` if amounts of several currencies were added up; `too_many_groups`.
    pub fn finish(self, mut cells: Vec<Cell>, total: Option<i64>) -> Result<PageRows> {
        let width = self.width.max(1);
        match self.tail {
            Tail::Groups(finishes) => aggregate::finish(&finishes, self.outputs, width, cells, total.is_some()),
            Tail::List { keys, shape, remaining } => {
                let size = self.page.map_or(usize::MAX, |p| p as usize);
                let mut next = None;
                if cells.len() / width > size {
                    cells.truncate(size * width);
                    let last = &cells[(size - 1) * width..];
                    let values = keys.iter().map(|k| last[*k].clone()).collect();
                    next = Some(Cursor { values, remaining }.encode(&shape));
                }
                Ok(PageRows { width: self.width, cells, outputs: Arc::new(self.outputs), next, total })
            }
        }
    }
}
