//! The read door: text or tree → authorised tree → rows → JSON.

use std::sync::Arc;

use guanxi_access::{Authorized, Policy, authorize_own_reading, authorize_query};
use guanxi_model::meta::ViewDef;
use guanxi_model::{Ctx, Error, Object, Result, Schema};
use guanxi_query::filter::filter_expr;
use guanxi_query::tree::{Comparison, Expr, GIVEN, Literal, Order, Path, Select};
use guanxi_query::{Page, PageRows, Query, parse};
use serde_json::json;

use crate::audit::events::{self, About, Kind};
use crate::planned::Purpose;
use crate::{Organisation, breadth};

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
    let authorized = breadth::weighed(org, ctx, &schema, authorize_query(ctx, &schema, query)?).await?;
    org.store().select(ctx, &schema, &authorized, page).await
}

/// Answers a query tree with the values as they are, for the write door: what is there before it is changed. The condition must be about
/// ids or keys that the caller has checked.
///
/// # Errors
/// As [`query`].
pub(crate) async fn before_writing(org: &Organisation, ctx: &Ctx, query: Query, page: &Page) -> Result<PageRows> {
    let schema = org.schema();
    let authorized = authorize_own_reading(ctx, &schema, query)?;
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
            Box::pin(org.store().select_by_id(&org.store().prepare_by_id(ctx, &schema, &query, 1)?, &[id], ctx.now_us)).await?
        }
        None => {
            let whole = org.planned().get_or_plan(&schema, ctx, object, Purpose::Whole, || {
                let query = by_id(&schema, ctx, object, &shown_names(Policy::of(ctx, &schema), object))?;
                org.store().prepare_by_id(ctx, &schema, &query, 1)
            })?;
            org.store().select_by_id(&whole, &[id], ctx.now_us).await?
        }
    };
    let row = rows.rows().next().ok_or_else(Error::no_record)?;
    let mut json = Vec::with_capacity(2048);
    rows.write_row(&mut json, &schema, row);
    Ok(Record { json, version: version_of(&rows, row) })
}

/// Reads one record for somebody to look at: as [`get`], and the audit log notes it first where the object is flagged sensitive.
///
/// # Errors
/// As [`get`]; those of the store while it cannot be noted.
pub async fn open(org: &Organisation, ctx: &Ctx, object: &str, id: &str, fields: Option<&[&str]>) -> Result<Record> {
    let record = get(org, ctx, object, id, fields).await?;
    // In a box: it would make the future of every reading large.
    if org.schema().object(object).is_some_and(|object| object.def.sensitive) {
        Box::pin(note(org, ctx, id, "record")).await?;
    }
    Ok(record)
}

/// Notes in the audit log that a record is read, which the caller has found that the user may; `what` of it: `record`, `history`,
/// `timeline`. Of objects that are not flagged sensitive nothing is noted.
pub(crate) async fn note(org: &Organisation, ctx: &Ctx, id: &str, what: &str) -> Result<()> {
    let schema = org.schema();
    let Some((_, record)) = schema.parse_id(id).filter(|(object, _)| object.def.sensitive) else { return Ok(()) };
    events::record(org, &events::event(org, ctx, Kind::Read, About::Record(record), json!({ "what": what }))).await
}

/// The authorised query for one record whose id is given when it is run.
fn by_id(schema: &Schema, ctx: &Ctx, object: &Object, fields: &[&str]) -> Result<Authorized<Query>> {
    let mut query = Query::fields(object.name(), fields).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(GIVEN)));
    query.select.push(Select::Field("version".into()));
    authorize_query(ctx, schema, query)
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

/// API names of the fields that the user sees.
pub fn shown_names<'o>(policy: Policy<'_>, object: &'o Object) -> Vec<&'o str> {
    object.fields.iter().map(guanxi_model::Field::name).filter(|name| policy.shows(object, name)).collect()
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
    let all = shown_names(Policy::of(ctx, &schema), object);
    let mut query = Query::fields(object.name(), fields.unwrap_or(&all));
    if let Some(view) = view {
        let view = crate::views::definition(org, ctx, object.name(), view).await?;
        apply_view(Policy::of(ctx, &schema), object, &view, &mut query)?;
    }
    run(org, ctx, query, page).await
}

fn apply_view(policy: Policy<'_>, object: &Arc<Object>, view: &ViewDef, query: &mut Query) -> Result<()> {
    // An order by what this reader does not see is none; a condition on it is refused with the query.
    let sort = view.sort.iter().filter(|s| policy.path(object, &s.field).is_open());
    query.order = sort.map(|s| Order { path: Path::from(s.field.as_str()), desc: s.desc, nulls_last: None }).collect();
    if let Some(filter) = &view.filter {
        query.filter = Some(filter_expr(filter)?);
    }
    Ok(())
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
