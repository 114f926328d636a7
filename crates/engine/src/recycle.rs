//! The recycle bin: deleted records, and their way back or out.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_access::{Policy, authorize_change, check_change};
use guanxi_model::change::{Change, ChangeSet, Op};
use guanxi_model::meta::{FieldType, LookupDelete};
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal, Order};
use guanxi_query::{Page, Query};
use guanxi_store::{LogEntry, WriteError};
use serde::Serialize;
use serde_json::Value;

use crate::changes::{Person, people};
use crate::write::build::bare;
use crate::write::{Row, shared};
use crate::{Organisation, files, read, undo};

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
        None => schema.objects().iter().filter(|o| policy.reads(o)).cloned().collect(),
    };
    let mut found: Vec<(Place, Deleted, RecordId)> = Vec::new();
    for object in &objects {
        found.extend(of_object(org, ctx, object, before, limit + 1).await?);
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.0));
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

/// Brings one record back, with the records that were deleted because of it and the lookups that were emptied because of it.
async fn restore_one(org: &Organisation, ctx: &Ctx, id: RecordId) -> Result<Vec<RecordId>> {
    let schema = org.schema();
    let root = deleted_rows(org, ctx, &[id], false).await?.pop().ok_or_else(Error::no_record)?;
    check_change(ctx, &schema, &bare(Op::Restore, &root))?;
    let entries = with_it(org, ctx, &root).await?;
    let undone = undo::take_back(org, ctx, &entries).await?;
    if let Some(conflict) = undone.conflicts.iter().find(|c| c.id == schema.id_text(id)) {
        return Err(Error::new(ErrorKind::Conflict, "not_restored", conflict.reason.zh.clone(), conflict.reason.en.clone()));
    }
    Ok(entries.iter().filter(|e| e.op == Op::Delete).map(|e| e.id).collect())
}

/// The entries of the change set that deleted `root` which belong to it: its own, those of records that went because they hang on
/// it, and those of lookups that pointed at one of these. Newest first. Others deleted in the same set are left out.
async fn with_it(org: &Organisation, ctx: &Ctx, root: &Row) -> Result<Vec<LogEntry>> {
    let schema = org.schema();
    let last = org.store().log_of_record(root.id(), None, 20).await?;
    let Some(delete) = last.into_iter().find(|e| e.op == Op::Delete) else { return Err(Error::no_record()) };
    let mut of_set: Vec<LogEntry> = Vec::new();
    // What follows from a delete stands after it.
    let mut after = delete.seq - 1;
    while of_set.len() < MAX_RESTORED {
        let page = org.store().log_of_set(delete.change_set, after, 1_000).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        of_set.extend(page);
    }
    let mut back: HashSet<RecordId> = HashSet::from([root.id()]);
    let candidates: Vec<RecordId> = of_set.iter().filter(|e| e.op == Op::Delete && e.id != root.id()).map(|e| e.id).collect();
    let rows = deleted_rows(org, ctx, &candidates, true).await?;
    loop {
        let more: Vec<RecordId> =
            rows.iter().map(Row::id).zip(&rows).filter(|(id, r)| !back.contains(id) && hangs_on(r, &back)).map(|(id, _)| id).collect();
        if more.is_empty() {
            break;
        }
        back.extend(more);
    }
    let mut entries: Vec<LogEntry> = of_set
        .into_iter()
        .filter_map(|e| match e.op {
            Op::Delete => back.contains(&e.id).then_some(e),
            Op::Update => cleared(&schema, &e, &back).map(|diff| LogEntry { diff, ..e }),
            _ => None,
        })
        .collect();
    entries.reverse();
    Ok(entries)
}

/// Of a change the part that emptied lookups to one of `ids`, if there is any: what else the change did is nobody's to take back here.
fn cleared(schema: &Schema, entry: &LogEntry, ids: &HashSet<RecordId>) -> Option<String> {
    let object = schema.by_no(entry.object)?;
    let Ok(Value::Object(mut diff)) = serde_json::from_str::<Value>(&entry.diff) else { return None };
    diff.retain(|name, pair| {
        let lookup = object.field(name).is_some_and(|f| !f.system && f.def.ty.is_reference());
        let gone = |old: &Value| old.as_str().and_then(|text| schema.parse_id(text)).is_some_and(|(_, id)| ids.contains(&id));
        lookup && matches!(pair.as_array().map(Vec::as_slice), Some([old, Value::Null]) if gone(old))
    });
    (!diff.is_empty()).then(|| Value::Object(diff).to_string())
}

/// The most records that come back with one.
const MAX_RESTORED: usize = 20_000;

/// Whether a lookup of the record that cascades points at one of `ids`.
fn hangs_on(row: &Row, ids: &HashSet<RecordId>) -> bool {
    row.object.fields.iter().zip(&row.cells).any(|(field, cells)| {
        let cascades = matches!(field.def.ty, FieldType::Lookup { on_delete: LookupDelete::Cascade, .. });
        cascades && cells.first().and_then(Cell::as_int).is_some_and(|id| ids.contains(&RecordId(id)))
    })
}

/// Records in the bin, as the user sees them or (what hangs on them) as the product does.
pub(crate) async fn deleted_rows(org: &Organisation, ctx: &Ctx, ids: &[RecordId], product: bool) -> Result<Vec<Row>> {
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
                read::before_writing(org, ctx, query, &page).await?
            };
            let mut rows = Row::from_page(object, &rows);
            if !product {
                shared::mark(org, ctx, rows.iter_mut(), true).await?;
            }
            found.extend(rows);
        }
    }
    Ok(found)
}

/// Deletes records in the bin for good, the bytes of files too. Their history stays in the change log.
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
    org.commit(&schema, authorized).await.map_err(refused)?;
    for row in rows.iter().filter(|r| r.object.name() == "file") {
        if let Err(error) = files::forget(org, row.id()).await {
            tracing::error!(%error, file = schema.id_text(row.id()), "the bytes of a file that is gone could not be removed");
        }
    }
    Ok(rows.len())
}

fn change_set(org: &Organisation, ctx: &Ctx, changes: Vec<Change>) -> ChangeSet {
    let id = org.random().positive_i64();
    ChangeSet { id, user: ctx.user, door: ctx.door, at: ctx.now_us, changes, guards: Vec::new(), idempotency: None, jobs: Vec::new() }
}

fn refused(error: WriteError) -> Error {
    match error {
        WriteError::Version { .. } | WriteError::Gone { .. } => Error::new(
            ErrorKind::Conflict,
            "changed_meanwhile",
            "记录刚被他人修改，请重试。",
            "The record was changed by someone else just now; please try again.",
        ),
        other => other.into_error(),
    }
}
