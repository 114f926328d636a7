//! The read door: text or tree → authorised tree → rows → JSON.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use guanxi_access::{Authorized, authorize_query};
use guanxi_model::meta::{Filter, FilterOp, ViewDef};
use guanxi_model::{Ctx, Error, Object, ObjectNo, RecordId, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, GIVEN, Literal, Order, Path, Select};
use guanxi_query::{Page, PageRows, Query, parse};
use guanxi_store::ById;
use serde_json::Value;

use crate::Organisation;

/// The page size where none is asked for.
pub const DEFAULT_PAGE: u32 = 50;

/// The largest page.
pub const MAX_PAGE: u32 = 2_000;

/// One record as JSON.
#[derive(Clone, Debug)]
pub struct Record {
    /// The JSON object.
    pub json: Vec<u8>,
    /// Its version, the `ETag`.
    pub version: i64,
}

/// Answers a query text.
///
/// # Errors
/// 400 with a position for texts that are no query; 403 for objects the user may not read.
pub async fn query(org: &Organisation, ctx: &Ctx, text: &str, page: &Page) -> Result<PageRows> {
    run(org, ctx, parse(text)?, page).await
}

/// Answers a query tree.
///
/// # Errors
/// As [`query`].
pub async fn run(org: &Organisation, ctx: &Ctx, query: Query, page: &Page) -> Result<PageRows> {
    let schema = org.schema();
    let authorized = authorize_query(ctx, &schema, query)?;
    org.store().select(ctx, &schema, &authorized, page).await
}

/// Reads one record; `fields` are paths, all the object's fields if absent.
///
/// # Errors
/// 404 for an id of another object, of no record, or of a record the user may not see.
pub async fn get(org: &Organisation, ctx: &Ctx, object: &str, id: &str, fields: Option<&[&str]>) -> Result<Record> {
    let schema = org.schema();
    let object = schema.require(object)?;
    let (of, id) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    if of.no != object.no {
        return Err(Error::no_record());
    }
    let rows = match fields {
        Some(fields) => {
            let query = by_id(&schema, ctx, object, fields)?;
            Box::pin(org.store().select_by_id(&org.store().prepare_by_id(ctx, &schema, &query)?, id)).await?
        }
        None => {
            let whole = org.whole_records().get_or_plan(&schema, ctx, object, || {
                let query = by_id(&schema, ctx, object, &field_names(object))?;
                org.store().prepare_by_id(ctx, &schema, &query)
            })?;
            org.store().select_by_id(&whole, id).await?
        }
    };
    let row = rows.rows().next().ok_or_else(Error::no_record)?;
    let mut json = Vec::with_capacity(2048);
    rows.write_row(&mut json, &schema, row);
    Ok(Record { json, version: version_of(&rows, row) })
}

/// The authorised query for one record whose id is given when it is run.
fn by_id(schema: &Schema, ctx: &Ctx, object: &Object, fields: &[&str]) -> Result<Authorized<Query>> {
    let mut query = Query::fields(object.name(), fields).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(GIVEN)));
    query.select.push(Select::Field("version".into()));
    authorize_query(ctx, schema, query)
}

/// Planned queries for whole records, by user, role and object. They are good for one schema, which holds roles and settings too:
/// with another one all are forgotten.
#[derive(Default)]
pub(crate) struct WholeRecords(Mutex<Planned>);

/// The schema they were planned with, and for each user and object the role and the query.
type Planned = (Weak<Schema>, HashMap<(RecordId, ObjectNo), (String, Arc<ById>)>);

/// The most planned queries kept.
const MAX_PLANNED: usize = 10_000;

impl WholeRecords {
    fn get_or_plan(&self, schema: &Arc<Schema>, ctx: &Ctx, object: &Object, plan: impl FnOnce() -> Result<ById>) -> Result<Arc<ById>> {
        let key = (ctx.user, object.no);
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !std::ptr::eq(kept.0.as_ptr(), Arc::as_ptr(schema)) || kept.1.len() > MAX_PLANNED {
                *kept = (Arc::downgrade(schema), HashMap::new());
            }
            if let Some((role, known)) = kept.1.get(&key)
                && *role == ctx.role
            {
                return Ok(Arc::clone(known));
            }
        }
        let planned = Arc::new(plan()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::ptr::eq(kept.0.as_ptr(), Arc::as_ptr(schema)) {
            kept.1.insert(key, (ctx.role.clone(), Arc::clone(&planned)));
        }
        Ok(planned)
    }
}

fn version_of(rows: &PageRows, row: &[guanxi_model::Cell]) -> i64 {
    let mut at = 0;
    for output in rows.outputs.iter() {
        if output.path.len() == 1 && output.path[0] == "version" {
            return row.get(at).and_then(guanxi_model::Cell::as_int).unwrap_or(0);
        }
        at += output.cells;
    }
    0
}

/// API names of all fields of an object.
pub fn field_names(object: &Object) -> Vec<&str> {
    object.fields.iter().map(guanxi_model::Field::name).collect()
}

/// Lists an object's records, by a saved view of a pack where one is named (`object.view` names of [`crate::views`]).
///
/// # Errors
/// As [`query`]; 404 for a view that does not exist or is another's.
pub async fn list(
    org: &Organisation,
    ctx: &Ctx,
    object: &str,
    fields: Option<&[&str]>,
    view: Option<&str>,
    page: &Page,
) -> Result<PageRows> {
    let schema = org.schema();
    let object = schema.require(object)?;
    let all = field_names(object);
    let mut query = Query::fields(object.name(), fields.unwrap_or(&all));
    if let Some(view) = view {
        let view = crate::views::definition(org, ctx, object.name(), view).await?;
        apply_view(&schema, object, &view, &mut query)?;
    }
    run(org, ctx, query, page).await
}

fn apply_view(schema: &Schema, object: &Object, view: &ViewDef, query: &mut Query) -> Result<()> {
    query.order = view.sort.iter().map(|s| Order { path: Path::from(s.field.as_str()), desc: s.desc, nulls_last: None }).collect();
    if let Some(filter) = &view.filter {
        query.filter = Some(filter_expr(filter)?);
    }
    let _ = (schema, object);
    Ok(())
}

/// A view's filter as a condition of the query tree.
///
/// # Errors
/// 400 `bad_filter` for a value that is neither a plain value, a list of them, nor a literal.
pub fn filter_expr(filter: &Filter) -> Result<Expr> {
    Ok(match filter {
        Filter::All { all } => Expr::And(all.iter().map(filter_expr).collect::<Result<_>>()?),
        Filter::Any { any } => Expr::Or(any.iter().map(filter_expr).collect::<Result<_>>()?),
        Filter::Not { not } => Expr::Not(Box::new(filter_expr(not)?)),
        Filter::Field { field, op, value } => comparison(Path::from(field.as_str()), *op, value)?,
    })
}

fn comparison(path: Path, op: FilterOp, value: &Value) -> Result<Expr> {
    let compare = |c| -> Result<Expr> { Ok(Expr::Compare(path.clone(), c, literal(value)?)) };
    match op {
        FilterOp::Eq => compare(Comparison::Eq),
        FilterOp::Ne => compare(Comparison::Ne),
        FilterOp::Lt => compare(Comparison::Lt),
        FilterOp::Le => compare(Comparison::Le),
        FilterOp::Gt => compare(Comparison::Gt),
        FilterOp::Ge => compare(Comparison::Ge),
        FilterOp::Contains => Ok(like(path, "%", value)),
        FilterOp::StartsWith => Ok(like(path, "", value)),
        FilterOp::In => Ok(Expr::In(path, literals(value)?, false)),
        FilterOp::NotIn => Ok(Expr::In(path, literals(value)?, true)),
        FilterOp::Includes => Ok(Expr::Includes(path, literals(value)?, false)),
        FilterOp::Excludes => Ok(Expr::Includes(path, literals(value)?, true)),
        FilterOp::IsNull => Ok(Expr::Compare(path, Comparison::Eq, Literal::Null)),
        FilterOp::NotNull => Ok(Expr::Compare(path, Comparison::Ne, Literal::Null)),
    }
}

fn like(path: Path, before: &str, value: &Value) -> Expr {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Expr::Compare(path, Comparison::Like, Literal::Text(format!("{before}{}%", escape_like(&text))))
}

/// Escapes `%`, `_` and `\` for a LIKE pattern.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn literals(value: &Value) -> Result<Vec<Literal>> {
    match value {
        Value::Array(items) => items.iter().map(literal).collect(),
        one => Ok(vec![literal(one)?]),
    }
}

fn literal(value: &Value) -> Result<Literal> {
    Ok(match value {
        Value::Null => Literal::Null,
        Value::Bool(b) => Literal::Bool(*b),
        Value::Number(n) => Literal::Number(n.to_string()),
        Value::String(text) => Literal::Text(text.clone()),
        Value::Object(object) => {
            let text = object.get("literal").and_then(Value::as_str).ok_or_else(bad_filter)?;
            if text == "ME" {
                return Ok(Literal::Me);
            }
            match text.split_once(':') {
                Some((name, n)) => Literal::Relative(name.to_owned(), Some(n.parse().map_err(|_| bad_filter())?)),
                None => Literal::Relative(text.to_owned(), None),
            }
        }
        Value::Array(_) => return Err(bad_filter()),
    })
}

fn bad_filter() -> Error {
    Error::bad_request("bad_filter", "筛选条件的值不正确。", "A value of the filter is not of a known form.")
}

/// A page as the API answers it.
pub fn page_json(schema: &Schema, rows: &PageRows) -> Vec<u8> {
    let mut out = Vec::with_capacity(256 * rows.rows().len() + 64);
    out.extend_from_slice(b"{\"records\":[");
    for (i, row) in rows.rows().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        rows.write_row(&mut out, schema, row);
    }
    out.extend_from_slice(b"],\"next\":");
    match &rows.next {
        Some(next) => guanxi_model::render::string(&mut out, next),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"total\":");
    out.extend_from_slice(rows.total.map_or_else(|| "null".to_owned(), |t| t.to_string()).as_bytes());
    out.push(b'}');
    out
}
