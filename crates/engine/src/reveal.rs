//! A masked value shown in full, one at a time, to those who may have it: the audit log notes it before the answer is given.

use guanxi_access::{FieldReach, Policy};
use guanxi_model::render::value;
use guanxi_model::{Cell, Ctx, Error, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde_json::{Value, json};

use crate::audit::events::{self, About, Kind};
use crate::{Organisation, read};

/// The value of a field of a record in full.
///
/// # Errors
/// 404 for a record the user may not see; 400 `unknown_field` for a field that does not exist for this user; 403 for one that may not be
/// revealed.
pub async fn reveal(org: &Organisation, ctx: &Ctx, object: &str, id: &str, field: &str) -> Result<Value> {
    read::get(org, ctx, object, id, Some(&["id"])).await?;
    let schema = org.schema();
    let (object, record) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    let policy = Policy::of(ctx, &schema);
    let found = object.field(field).filter(|f| policy.shows(object, f.name()));
    let found = found.ok_or_else(|| {
        let (zh, en) = (format!("没有字段“{field}”。"), format!("There is no field “{field}”."));
        Error::bad_request("unknown_field", zh, en)
    })?;
    let by_id = Expr::Compare("id".into(), Comparison::Eq, Literal::Id(record.0));
    let query = Query::fields(object.name(), &[field, "owner_id"]).and(by_id);
    let rows = read::before_writing(org, ctx, query, &Page { limit: 1, ..Page::default() }).await?;
    let row = rows.rows().next().ok_or_else(Error::no_record)?;
    let (cells, rest) = row.split_at(found.columns.len().min(row.len()));
    let owner = rest.first().or(row.first()).and_then(Cell::as_int).map(RecordId);
    let reach = policy.field(object, field);
    if !sees(policy, reach, owner) {
        if !reach.reveal {
            let label = &found.def.label;
            let (zh, en) = (format!("您无权查看“{}”的完整内容。", label.zh), format!("You may not have “{}” revealed.", label.en));
            return Err(Error::forbidden(zh, en));
        }
        let event = events::event(org, ctx, Kind::Reveal, About::Record(record), json!({ "field": field }));
        events::record(org, &event).await?;
    }
    Ok(value(&schema, &found.def.ty, cells))
}

fn sees(policy: Policy<'_>, reach: FieldReach, owner: Option<RecordId>) -> bool {
    reach.read.is_some_and(|scope| policy.owners(scope).has(owner))
}
