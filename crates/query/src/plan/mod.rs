//! The planner: a tree to one SQL statement, its parameters, and how its rows become JSON.

mod aggregate;
mod cursor;
mod filter;
mod joins;
mod order;
mod parts;
mod reach;
mod rows;
mod value;

use std::sync::Arc;

use guanxi_model::{Cell, Ctx, Object, ObjectNo, Result, Schema};

use crate::dialect::{Dialect, quote};
use crate::index::{gives_order, indexes};
use crate::resolve::filter_paths;
use crate::tree::{Comparison, Expr, Path, Query, Reach, Select};
use aggregate::Finish;
use cursor::Cursor;
use filter::{Subject, Writer};
use joins::{Operand, Tables, too_large};
use order::Key;
use rows::{Wanted, arrange};

pub(crate) use joins::never_null;
pub use parts::{Parts, Split};
pub use rows::{Output, PageRows, Veil};

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
    /// Whether the answer depends on more than the change log tells of: it is not kept.
    pub passing: bool,
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
    let (mut columns, outputs) = select(&mut tables, query)?;
    let order = order::keys(&mut tables, &query.order)?;
    let keys: Vec<usize> = order.iter().map(|key| columns.place(&key.sql)).collect();
    let shape = cursor::shape(query);
    let start = page.cursor.as_deref().map(|text| Cursor::decode(text, &shape, &order)).transpose()?;
    let allowed = start.as_ref().map_or(query.limit, |s| s.remaining);
    let size = page.limit.max(1).min(allowed.unwrap_or(u32::MAX));
    let remaining = allowed.map(|a| a - size);
    let rows = u64::from(size) + u64::from(remaining != Some(0));

    let start_values = start.as_ref().map(|start| start.values.as_slice());
    let list = List { query, rows, columns: &columns, order: &order, keys: &keys, start: start_values };
    writer.pages = list.is_read_in_order(tables.main());
    let (sql, objects) = match list.sorted_apart(schema, &tables)? {
        Some(inner) => list.by_ids(&mut tables, inner, &mut writer)?,
        None => (list.in_order(&mut tables, &mut writer)?, tables.objects()),
    };
    let count = if page.total { Some(count(ctx, schema, query, writer.dialect)?) } else { None };
    let tail = Tail::List { keys, shape, remaining };
    Ok(Plan {
        sql,
        params: writer.params,
        outputs,
        width: columns.0.len(),
        count,
        objects,
        page: Some(size),
        passing: passing(query),
        parts: None,
        tail,
    })
}

/// Whether shares have a part in what is in reach, which come, go and expire beside the change log.
fn passing(query: &Query) -> bool {
    query.scopes.values().any(|scope| matches!(scope, Expr::Reach(_)))
}

/// A statement that counts the live records of the query's object in the user's reach, but no further than `most`; and its parameters. One
/// that is in reach by several ways counts for each.
///
/// # Errors
/// `unknown_object`.
pub fn count_reach(ctx: &Ctx, schema: &Schema, query: &Query, most: u32, dialect: Dialect) -> Result<(String, Vec<Cell>)> {
    let object = schema.require(&query.object)?;
    let mut writer = Writer::new(ctx, schema, dialect);
    let capped = format!(" LIMIT {most}");
    let all = match query.scopes.get(&object.no) {
        Some(Expr::Reach(reach)) => writer.branches(object.name(), reach, 0, &capped)?,
        Some(Expr::OneOf(_, owners)) => {
            writer.branches(object.name(), &Reach { owners: Arc::clone(owners), ..Reach::default() }, 0, &capped)?
        }
        _ => vec![format!("SELECT o.\"id\" FROM {} AS o", quote(object.name()))],
    };
    let all = if all.is_empty() { "SELECT 1 WHERE FALSE".to_owned() } else { all.join(" UNION ALL ") };
    Ok((format!("SELECT COUNT(*) FROM (SELECT 1 FROM ({all}) AS one LIMIT {most}) AS capped"), writer.params))
}

/// A condition on the records of an object, in a table with the alias `t0`, as SQL that goes on behind these parameters. Paths are not
/// followed.
pub(crate) fn row_condition(
    ctx: &Ctx,
    schema: &Schema,
    object: &Object,
    condition: &Expr,
    dialect: Dialect,
    params: Vec<Cell>,
) -> Result<(String, Vec<Cell>)> {
    let object = schema.require(object.name())?;
    let mut writer = Writer::new(ctx, schema, dialect);
    writer.params = params;
    let sql = writer.condition(&mut Tables::new(schema, object, false), Subject::Alias(0), condition)?;
    Ok((sql, writer.params))
}

/// What the statement of a list is made of.
struct List<'a> {
    query: &'a Query,
    rows: u64,
    columns: &'a Columns,
    order: &'a [Key],
    /// The places of the order's keys among the columns.
    keys: &'a [usize],
    /// The keys of the row before.
    start: Option<&'a [Cell]>,
}

impl List<'_> {
    /// The records are read in the order of the list.
    fn in_order(&self, tables: &mut Tables<'_>, writer: &mut Writer<'_>) -> Result<String> {
        let List { order, rows, .. } = self;
        let head = format!("SELECT {}{}", self.columns.0.join(", "), source(writer, tables, self.query)?);
        let tail = format!(" ORDER BY {} LIMIT {rows}", order::order_by(order, writer.dialect));
        let Some(start) = self.start else { return Ok(format!("{head}{tail}")) };
        let halves = if has_index(tables.main(), &order[0].sql) { order::halves(writer, order, start) } else { None };
        Ok(match halves {
            None => format!("{head} AND {}{tail}", order::after(writer, order, start)),
            Some((near, far)) => format!(
                "SELECT * FROM ({head} AND {near}{tail}) AS near UNION ALL SELECT * FROM ({head} AND {far}{tail}) AS far ORDER BY {} LIMIT {rows}",
                order::order_by_place(order, self.keys, writer.dialect)
            ),
        })
    }

    /// The tables that filter and order need, where all records have to be sorted and the columns need more tables than these.
    fn sorted_apart<'s>(&self, schema: &'s Schema, tables: &Tables<'s>) -> Result<Option<Tables<'s>>> {
        if self.is_read_in_order(tables.main()) {
            return Ok(None);
        }
        let (mut all, mut inner) = (tables.clone(), Tables::new(schema, tables.main(), self.query.deleted));
        order::keys(&mut inner, &self.query.order)?;
        join_filtered(&mut inner, self.query)?;
        join_filtered(&mut all, self.query)?;
        Ok(Some(inner).filter(|inner| inner.joins().len() < all.joins().len()))
    }

    /// First the ids of the page are found, then what its records refer to is read for them alone.
    fn by_ids(&self, tables: &mut Tables<'_>, mut inner: Tables<'_>, writer: &mut Writer<'_>) -> Result<(String, Vec<ObjectNo>)> {
        let List { order, rows, .. } = self;
        let head = format!("SELECT {}{}", self.columns.0.join(", "), from(writer, tables, self.query)?);
        let keys = order::keys(&mut inner, &self.query.order)?;
        let mut ids = format!("SELECT t0.\"id\"{}", source(writer, &mut inner, self.query)?);
        if let Some(start) = self.start {
            ids.push_str(&format!(" AND {}", order::after(writer, &keys, start)));
        }
        ids.push_str(&format!(" ORDER BY {} LIMIT {rows}", order::order_by(&keys, writer.dialect)));
        let objects = tables.objects().into_iter().chain(inner.objects()).collect();
        Ok((format!("{head} WHERE t0.\"id\" IN ({ids}) ORDER BY {}", order::order_by(order, writer.dialect)), objects))
    }

    /// Whether an index gives the records in the order of the first key.
    fn is_read_in_order(&self, main: &Object) -> bool {
        let Some(first) = self.query.order.first() else { return true };
        let [name] = first.path.segments.as_slice() else { return false };
        if name == "id" || self.query.deleted {
            return name == "id" || name == "deleted_at";
        }
        let mut given = Vec::new();
        let conditions = self.query.scopes.get(&main.no).into_iter().chain(&self.query.filter);
        conditions.for_each(|condition| equal_fields(condition, &mut given));
        main.field(name).is_some_and(|field| gives_order(main, field, &given, self.start.is_some()))
    }
}

/// Whether an index of the main object has this column.
fn has_index(object: &Object, column: &str) -> bool {
    indexes(object).iter().any(|index| index.columns.iter().any(|(name, _)| column == format!("t0.{}", quote(name))))
}

/// The fields of the main object that must equal something.
fn equal_fields<'a>(condition: &'a Expr, found: &mut Vec<&'a str>) {
    match condition {
        Expr::And(all) => all.iter().for_each(|one| equal_fields(one, found)),
        Expr::Compare(path, Comparison::Eq, _) => {
            if let [field] = path.segments.as_slice() {
                found.push(field);
            }
        }
        _ => {}
    }
}

/// The columns and outputs of a list.
fn select(tables: &mut Tables<'_>, query: &Query) -> Result<(Columns, Vec<Output>)> {
    let mut wanted = Vec::new();
    for item in &query.select {
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
            veil: query.masks.get(&item.what.field).map(|mask| Veil { owner: columns.place(&item.what.owner), mask: mask.clone() }),
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

/// Joins the tables that the filter needs.
fn join_filtered(tables: &mut Tables<'_>, query: &Query) -> Result<()> {
    let mut paths: Vec<&Path> = Vec::new();
    if let Some(filter) = &query.filter {
        filter_paths(filter, &mut paths);
    }
    paths.into_iter().try_for_each(|path| tables.operand(path).map(drop))
}

/// `FROM …` with the row predicates of the joined objects.
fn from(writer: &mut Writer<'_>, tables: &mut Tables<'_>, query: &Query) -> Result<String> {
    let mut sql = format!(" FROM {} AS t0", quote(tables.main().name()));
    for (i, join) in tables.joins().to_vec().iter().enumerate() {
        sql.push_str(&join.sql(i + 1));
        if let Some(scope) = query.scopes.get(&join.object.no) {
            sql.push_str(" AND ");
            sql.push_str(&writer.condition(tables, Subject::Alias(i + 1), scope)?);
        }
    }
    Ok(sql)
}

/// `FROM … WHERE …` with the row predicates of every object; the condition can be continued with AND.
fn source(writer: &mut Writer<'_>, tables: &mut Tables<'_>, query: &Query) -> Result<String> {
    join_filtered(tables, query)?;
    let mut sql = from(writer, tables, query)?;
    sql.push_str(if query.deleted { " WHERE t0.\"deleted_at\" IS NOT NULL" } else { " WHERE t0.\"deleted_at\" IS NULL" });
    match query.scopes.get(&tables.main().no) {
        None => {}
        Some(scope @ (Expr::Reach(_) | Expr::OneOf(..))) if query.few && !query.deleted => {
            sql.push_str(" AND ");
            sql.push_str(&writer.row_predicate(tables.main().name(), "t0", scope, 0, true)?);
        }
        Some(scope) => {
            sql.push_str(" AND ");
            sql.push_str(&writer.condition(tables, Subject::Alias(0), scope)?);
        }
    }
    if let Some(filter) = &query.filter {
        sql.push_str(" AND ");
        sql.push_str(&writer.condition(tables, Subject::Main, filter)?);
    }
    Ok(sql)
}

/// The statement for the total: the same records, with the joins that the condition needs.
fn count(ctx: &Ctx, schema: &Schema, query: &Query, dialect: Dialect) -> Result<(String, Vec<Cell>)> {
    let main = schema.require(&query.object)?;
    let mut writer = Writer::new(ctx, schema, dialect);
    if let Some(Expr::Reach(reach)) = query.scopes.get(&main.no)
        && query.limit.is_none()
        && !query.deleted
        && !query.few
        && reach.parent.is_none()
        && reach.children.is_empty()
        && reach.shares.is_some()
        && !reach.owners.is_empty()
    {
        let sql = count_by_ways(&mut writer, schema, main, query, reach)?;
        return Ok((sql, writer.params));
    }
    let mut tables = Tables::new(schema, main, query.deleted);
    let source = source(&mut writer, &mut tables, query)?;
    let sql = match query.limit {
        Some(limit) => format!("SELECT COUNT(*) FROM (SELECT 1{source} LIMIT {limit}) AS capped"),
        None => format!("SELECT COUNT(*){source}"),
    };
    Ok((sql, writer.params))
}

/// The total of what is owned or shared, each way by its own index: asked of one record after the other, all records would be gone through.
fn count_by_ways(writer: &mut Writer<'_>, schema: &Schema, main: &Arc<Object>, query: &Query, reach: &Reach) -> Result<String> {
    let by = |writer: &mut Writer<'_>, scope: Expr| {
        let mut by = Query { few: true, ..query.clone() };
        by.scopes.insert(main.no, scope);
        source(writer, &mut Tables::new(schema, main, false), &by)
    };
    let owners = Expr::OneOf(Path::from("owner_id"), Arc::clone(&reach.owners));
    let shared = Reach { owners: Arc::default(), ..reach.clone() };
    let owned = by(writer, owners.clone())?;
    if writer.dialect == Dialect::Postgres && query.filter.is_none() {
        // PostgreSQL would read the whole table for the records of many shares. How many those are the shares themselves tell, but for what is
        // in the recycle bin and what is owned, too.
        let shared = writer.branches(main.name(), &shared, 0, "")?.join(" UNION ALL ");
        let deleted = format!(" FROM {} AS t0 WHERE t0.\"deleted_at\" IS NOT NULL", quote(main.name()));
        let among = |source: &str| format!("(SELECT COUNT(*){source} AND t0.\"id\" IN ({shared}))");
        return Ok(format!(
            "SELECT (SELECT COUNT(*){owned}) + (SELECT COUNT(*) FROM (SELECT DISTINCT record_id FROM ({shared}) AS s) AS s) - {} - {}",
            among(&deleted),
            among(&owned)
        ));
    }
    let beside = by(writer, Expr::Reach(Arc::new(shared)))?;
    let counted = writer.row_predicate(main.name(), "t0", &owners, 0, false)?;
    Ok(format!("SELECT (SELECT COUNT(*){owned}) + (SELECT COUNT(*){beside} AND ({counted}) IS NOT TRUE)"))
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
                let rows = PageRows { width: self.width, cells, outputs: Arc::new(self.outputs), next, total };
                Ok(rows.veiled())
            }
        }
    }
}
