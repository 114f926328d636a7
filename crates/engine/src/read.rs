//! The read door: text or tree → authorised tree → rows → JSON.

use guanxi_access::authorize_query;
use guanxi_model::meta::{Filter, FilterOp, ViewDef};
use guanxi_model::{Ctx, Error, Object, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal, Order, Path};
use guanxi_query::{Page, PageRows, Query, parse};
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
    let all;
    let fields = match fields {
        Some(fields) => fields,
        None => {
            all = field_names(object);
            &all
        }
    };
    let mut query = Query::fields(object.name(), fields).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0)));
    query.select.push(guanxi_query::tree::Select::Field("version".into()));
    let rows = run(org, ctx, query, &Page { limit: 1, ..Page::default() }).await?;
    let row = rows.rows().next().ok_or_else(Error::no_record)?;
    let mut json = Vec::with_capacity(1024);
    rows.write_row(&mut json, &schema, row);
    Ok(Record { json, version: version_of(&rows, row) })
}

fn version_of(rows: &PageRows, row: &[guanxi_model::Cell]) -> i64 {
    let mut at = 0;
    for output in &rows.outputs {
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
