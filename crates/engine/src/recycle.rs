//! The recycle bin: deleted records, and their way back or out.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_access::{Policy, authorize_change, authorize_with_consequences};
use guanxi_model::change::{Change, ChangeSet, Op};
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result};
use guanxi_query::tree::{Expr, Literal, Order};
use guanxi_query::{Page, Query};
use guanxi_store::WriteError;
use serde::Serialize;

use crate::changes::{Person, people};
use crate::write::Row;
use crate::write::build::bare;
use crate::{Organisation, read};

/// A record in the recycle bin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deleted {
    /// Its id.
    pub id: String,
    /// Its object's API name.
    pub object: String,
    /// Its name.
    pub name: Option<String>,
    /// When it was deleted, RFC 3339.
    pub deleted_at: String,
    /// By whom.
    pub deleted_by: Option<Person>,
}

/// What a restore did.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// How many records are back, those that went with them included.
    pub restored: usize,
    /// Which are not, and why.
    pub errors: Vec<(String, Error)>,
}

/// The deleted records the user may see, newest first, of one object or of all, and where to go on.
///
/// # Errors
/// 404 for an unknown object; 400 for a cursor that is none.
pub async fn list(
    org: &Organisation,
    ctx: &Ctx,
    object: Option<&str>,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Deleted>, Option<String>)> {
    let schema = org.schema();
    let before = cursor.map(Place::parse).transpose()?;
    let policy = Policy::of(ctx, &schema);
    let objects: Vec<Arc<Object>> = match object {
        Some(name) => vec![Arc::clone(schema.require(name)?)],
        None => schema.objects().iter().filter(|o| policy.rights(o).read).cloned().collect(),
    };
    let mut found: Vec<(Place, Deleted, RecordId)> = Vec::new();
    for object in &objects {
        found.extend(of_object(org, ctx, object, before, limit + 1).await?);
    }
    found.sort_by(|a, b| b.0.cmp(&a.0));
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|f| f.0.text()) } else { None };
    let names = people(org, ctx, found.iter().map(|f| f.2)).await?;
    let list = found.into_iter().map(|(_, deleted, by)| Deleted { deleted_by: names.get(&by).cloned(), ..deleted }).collect();
    Ok((list, next))
}

/// A place in the list: time of deletion, then id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(i64, i64);

impl Place {
    fn text(self) -> String {
        format!("{}.{}", self.0, self.1)
    }

    fn parse(text: &str) -> Result<Place> {
        let parsed = text.split_once('.').and_then(|(at, id)| Some(Place(at.parse().ok()?, id.parse().ok()?)));
        parsed.ok_or_else(|| Error::bad_request("bad_cursor", "分页游标无效。", "The cursor is not one of this list."))
    }
}

async fn of_object(
    org: &Organisation,
    ctx: &Ctx,
    object: &Arc<Object>,
    before: Option<Place>,
    limit: u32,
) -> Result<Vec<(Place, Deleted, RecordId)>> {
    use guanxi_query::tree::Comparison::{Eq, Lt};
    let name = object.name_field().name().to_owned();
    let mut query = Query::fields(object.name(), &["id", "deleted_at", "deleted_by_id", &name]);
    query.deleted = true;
    query.order = ["deleted_at", "id"].map(|p| Order { path: p.into(), desc: true, nulls_last: None }).to_vec();
    if let Some(Place(at, id)) = before {
        let at = Literal::DateTime(guanxi_model::render::time_text(at));
        query = query.and(Expr::Or(vec![
            Expr::Compare("deleted_at".into(), Lt, at.clone()),
            Expr::And(vec![Expr::Compare("deleted_at".into(), Eq, at), Expr::Compare("id".into(), Lt, Literal::Id(id))]),
        ]));
    }
    let rows = read::run(org, ctx, query, &Page { limit, ..Page::default() }).await?;
    let shown = rows.rows().map(|row| {
        let int = |i: usize| row.get(i).and_then(Cell::as_int).unwrap_or(0);
        let deleted = Deleted {
            id: object.id_text(RecordId(int(0))),
            object: object.name().to_owned(),
            name: row.get(3).and_then(Cell::as_text).map(str::to_owned),
            deleted_at: guanxi_model::render::time_text(int(1)),
            deleted_by: None,
        };
        (Place(int(1), int(0)), deleted, RecordId(int(2)))
    });
    Ok(shown.collect())
}

/// Brings records back, with those that were deleted along with them.
///
/// # Errors
/// Those of the store; what is refused for one record is in the answer.
pub async fn restore(org: &Organisation, ctx: &Ctx, ids: &[String]) -> Result<Restored> {
    let mut answer = Restored::default();
    let mut back: HashSet<RecordId> = HashSet::new();
    for text in ids {
        let id = org.schema().parse_id(text).map(|(_, id)| id);
        let Some(id) = id else {
            answer.errors.push((text.clone(), Error::no_record()));
            continue;
        };
        if back.contains(&id) {
            continue;
        }
        match restore_one(org, ctx, id).await {
            Ok(restored) => {
                answer.restored += restored.len();
                back.extend(restored);
            }
            Err(error) if error.kind == ErrorKind::Internal => return Err(error),
            Err(error) => answer.errors.push((text.clone(), error)),
        }
    }
    Ok(answer)
}

async fn restore_one(org: &Organisation, ctx: &Ctx, id: RecordId) -> Result<Vec<RecordId>> {
    let schema = org.schema();
    let root = deleted_rows(org, ctx, &[id], false).await?.pop().ok_or_else(Error::no_record)?;
    let with_it: Vec<RecordId> = companions(org, id).await?;
    let followers = deleted_rows(org, ctx, &with_it, true).await?;
    let set = change_set(org, ctx, vec![bare(Op::Restore, &root)]);
    let more: Vec<Change> = followers.iter().map(|r| bare(Op::Restore, r)).collect();
    let restored = std::iter::once(id).chain(more.iter().map(|c| c.id)).collect();
    let authorized = authorize_with_consequences(ctx, &schema, set, more)?;
    org.commit(&schema, authorized).await.map_err(|e| refused(e, &schema))?;
    Ok(restored)
}

/// The records that went to the bin in the change set that took `id` there.
async fn companions(org: &Organisation, id: RecordId) -> Result<Vec<RecordId>> {
    let last = org.store().log_of_record(id, None, 20).await?;
    let Some(delete) = last.into_iter().find(|e| e.op == Op::Delete) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut after = 0;
    // Only what followed from this record directly: its entry is followed by its consequences until the set ends.
    loop {
        let page = org.store().log_of_set(delete.change_set, after, 1_000).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.seq;
        found.extend(page.iter().filter(|e| e.op == Op::Delete && e.id != id && e.at == delete.at).map(|e| e.id));
        if found.len() > 20_000 {
            return Ok(found);
        }
    }
}

/// Records in the bin, as the user sees them or (what hangs on them) as the product does.
async fn deleted_rows(org: &Organisation, ctx: &Ctx, ids: &[RecordId], product: bool) -> Result<Vec<Row>> {
    let schema = org.schema();
    let mut found = Vec::new();
    for object in schema.objects() {
        let own: Vec<Literal> = ids.iter().filter(|id| id.object() == object.no).map(|id| Literal::Id(id.0)).collect();
        for chunk in own.chunks(1_000) {
            let mut query = Query::fields(object.name(), &read::field_names(object)).and(Expr::In("id".into(), chunk.to_vec(), false));
            query.deleted = true;
            let page = Page { limit: chunk.len() as u32, ..Page::default() };
            let rows = if product {
                let query = guanxi_access::on_behalf_of_product(guanxi_access::Purpose::Consistency, query);
                org.store().select(ctx, &schema, &query, &page).await?
            } else {
                read::run(org, ctx, query, &page).await?
            };
            found.extend(Row::from_page(object, &rows));
        }
    }
    Ok(found)
}

/// Deletes records in the bin for good. Their history stays in the change log.
///
/// # Errors
/// 403 unless an administrator asks; 404 for a record that is not in the bin.
pub async fn purge(org: &Organisation, ctx: &Ctx, ids: &[String]) -> Result<usize> {
    let schema = org.schema();
    let ids = ids.iter().map(|t| schema.parse_id(t).map(|(_, id)| id).ok_or_else(Error::no_record)).collect::<Result<Vec<_>>>()?;
    let rows = deleted_rows(org, ctx, &ids, false).await?;
    if rows.len() != ids.iter().collect::<HashSet<_>>().len() {
        return Err(Error::no_record());
    }
    let set = change_set(org, ctx, rows.iter().map(|r| bare(Op::Purge, r)).collect());
    let authorized = authorize_change(ctx, &schema, set)?;
    org.commit(&schema, authorized).await.map_err(|e| refused(e, &schema))?;
    Ok(rows.len())
}

fn change_set(org: &Organisation, ctx: &Ctx, changes: Vec<Change>) -> ChangeSet {
    let id = org.random().positive_i64();
    ChangeSet { id, user: ctx.user, door: ctx.door, at: ctx.now_us, changes, guards: Vec::new(), idempotency: None, jobs: Vec::new() }
}

fn refused(error: WriteError, schema: &guanxi_model::Schema) -> Error {
    let _ = schema;
    match error {
        WriteError::Duplicate { column, .. } => Error::new(
            ErrorKind::Conflict,
            "duplicate",
            format!("已有另一条记录使用相同的“{column}”，不能恢复。"),
            format!("Another record has the same {column} now, so this one cannot come back."),
        ),
        WriteError::Version { .. } | WriteError::Gone { .. } => Error::new(
            ErrorKind::Conflict,
            "changed_meanwhile",
            "记录刚被他人修改，请重试。",
            "The record was changed by someone else just now; please try again.",
        ),
        other => other.into_error(),
    }
}
