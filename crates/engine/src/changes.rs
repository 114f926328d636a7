//! The change log as users see it: history of a record, the feed of changes. What a reader may not see is left out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::{Owners, Policy, Purpose, on_behalf_of_product};
use guanxi_model::change::Op;
use guanxi_model::mask::mask;
use guanxi_model::meta::FieldType;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Field, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::LogEntry;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::{Organisation, read};

/// A user by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Record id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// API name.
    pub field: String,
    /// Label in the reader's language.
    pub label: String,
    /// Value before, `null` for a create.
    pub old: Value,
    /// Value after.
    pub new: Value,
}

/// A change of a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its place in the log.
    pub seq: i64,
    /// Its change set, for undo.
    pub change_set: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who; `null` if the user is gone for good.
    pub by: Option<Person>,
    /// By which door.
    pub door: String,
    /// `create`, `update`, `delete`, `restore` or `purge`.
    pub op: &'static str,
    /// The object's API name.
    pub object: String,
    /// The record.
    pub id: String,
    /// Its version after the change.
    pub version: i64,
    /// What changed.
    pub fields: Vec<FieldChange>,
}

/// The newest place in the log, and whenever it moves.
pub fn follow(org: &Organisation) -> watch::Receiver<i64> {
    org.store().log_head()
}

/// The newest place in the log.
pub fn head(org: &Organisation) -> i64 {
    *org.store().log_head().borrow()
}

/// The changes of one record before `before` (a `seq`), newest first, and where to go on.
///
/// # Errors
/// 404 for a record the user may not see.
pub async fn history(
    org: &Organisation,
    ctx: &Ctx,
    object: &str,
    id: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<(Vec<Change>, Option<i64>)> {
    read::get(org, ctx, object, id, Some(&["id"])).await?;
    read::note(org, ctx, id, "history").await?;
    let schema = org.schema();
    let (_, id) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    let mut entries = org.store().log_of_record(id, before, limit + 1).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = if more { entries.last().map(|e| e.seq) } else { None };
    Ok((show(org, ctx, &entries).await?, next))
}

/// The changes after a place in the log, as far as the user may see them, and the place to go on from.
///
/// # Errors
/// Those of the store.
pub async fn after(org: &Organisation, ctx: &Ctx, after: i64, limit: u32) -> Result<(Vec<Change>, i64)> {
    let entries = org.store().log_after(after, limit).await?;
    let next = entries.last().map_or(after, |e| e.seq);
    let visible = visible(org, ctx, entries).await?;
    Ok((show(org, ctx, &visible).await?, next))
}

/// The entries whose records the user may see: now, or, for records in the recycle bin, if they were the user's.
pub async fn visible(org: &Organisation, ctx: &Ctx, entries: Vec<LogEntry>) -> Result<Vec<LogEntry>> {
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let mut asked: HashMap<u16, HashSet<RecordId>> = HashMap::new();
    let mut open: HashSet<u16> = HashSet::new();
    for entry in &entries {
        let Some(object) = schema.by_no(entry.object) else { continue };
        match policy.readable(object) {
            Some(Owners::All) => drop(open.insert(object.no)),
            Some(_) => drop(asked.entry(object.no).or_default().insert(entry.id)),
            None => {}
        }
    }
    let mut seen: HashSet<RecordId> = HashSet::new();
    for (no, ids) in asked {
        let Some(object) = schema.by_no(no).cloned() else { continue };
        let ids: Vec<RecordId> = ids.into_iter().collect();
        for deleted in [false, true] {
            seen.extend(existing(org, ctx, &object, &ids, deleted).await?);
        }
    }
    Ok(entries.into_iter().filter(|e| open.contains(&e.object) || seen.contains(&e.id)).collect())
}

/// Which of `ids` the user may see, among live records or those in the recycle bin.
pub(crate) async fn existing(
    org: &Organisation,
    ctx: &Ctx,
    object: &Arc<Object>,
    ids: &[RecordId],
    deleted: bool,
) -> Result<Vec<RecordId>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(1_000) {
        let literals = chunk.iter().map(|id| Literal::Id(id.0)).collect();
        let mut query = Query::fields(object.name(), &["id"]).and(Expr::In("id".into(), literals, false));
        query.deleted = deleted;
        match read::run(org, ctx, query, &Page { limit: chunk.len() as u32, ..Page::default() }).await {
            Ok(rows) => found.extend(rows.rows().filter_map(|r| r.first().and_then(Cell::as_int)).map(RecordId)),
            Err(error) if error.kind == ErrorKind::Forbidden => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Entries as the API shows them.
pub async fn show(org: &Organisation, ctx: &Ctx, entries: &[LogEntry]) -> Result<Vec<Change>> {
    let people = people(org, ctx, entries.iter().map(|e| e.user)).await?;
    let schema = org.schema();
    Ok(entries
        .iter()
        .filter_map(|entry| {
            let object = schema.by_no(entry.object)?;
            Some(Change {
                seq: entry.seq,
                change_set: entry.change_set.to_string(),
                at: guanxi_model::render::time_text(entry.at),
                by: people.get(&entry.user).cloned(),
                door: entry.door.clone(),
                op: entry.op.name(),
                object: object.name().to_owned(),
                id: object.id_text(entry.id),
                version: entry.version,
                fields: fields(ctx, &schema, object, entry),
            })
        })
        .collect())
}

/// The fields of a change that the user sees. Whose the record was at the time is not known: a value that the user sees in full in some
/// records only is masked in all.
pub(crate) fn fields(ctx: &Ctx, schema: &Schema, object: &Object, entry: &LogEntry) -> Vec<FieldChange> {
    let Ok(Value::Object(diff)) = serde_json::from_str::<Value>(&entry.diff) else { return Vec::new() };
    let policy = Policy::of(ctx, schema);
    diff.into_iter()
        .filter_map(|(name, value)| {
            let field = object.field(&name)?;
            let reach = policy.field(object, &name);
            if reach.is_hidden() {
                return None;
            }
            let (old, new) = match (entry.op, value) {
                (Op::Create, new) => (Value::Null, new),
                (_, Value::Array(mut pair)) if pair.len() == 2 => {
                    let new = pair.pop().unwrap_or_default();
                    (pair.pop().unwrap_or_default(), new)
                }
                (_, other) => (Value::Null, other),
            };
            let shown = |value: Value| if reach.is_open() { value } else { masked(field, value) };
            Some(FieldChange { label: field.def.label.get(ctx.lang).to_owned(), field: name, old: shown(old), new: shown(new) })
        })
        .collect()
}

fn masked(field: &Field, value: Value) -> Value {
    match value {
        Value::String(text) => {
            let mut cells = [Cell::Text(text)];
            mask(&field.def.ty, &mut cells);
            cells[0].as_text().map_or(Value::Null, Value::from)
        }
        Value::Object(parts) if field.def.ty == FieldType::Phone => {
            parts.into_iter().map(|(part, value)| (part, masked(field, value))).collect()
        }
        _ => Value::Null,
    }
}

/// Users by id, deleted ones too: who did something is not a secret of the user's record.
pub(crate) async fn people(org: &Organisation, ctx: &Ctx, ids: impl Iterator<Item = RecordId>) -> Result<HashMap<RecordId, Person>> {
    let ids: HashSet<RecordId> = ids.collect();
    let schema = org.schema();
    let mut found = HashMap::new();
    let ids: Vec<Literal> = ids.into_iter().map(|id| Literal::Id(id.0)).collect();
    for deleted in [false, true] {
        let mut query = Query::fields("user", &["id", "name"]).and(Expr::In("id".into(), ids.clone(), false));
        query.deleted = deleted;
        let query = on_behalf_of_product(Purpose::Attribution, query);
        let rows = org.store().select(ctx, &schema, &query, &Page { limit: ids.len().max(1) as u32, ..Page::default() }).await?;
        for row in rows.rows() {
            if let (Some(Cell::Int(id)), Some(name)) = (row.first(), row.get(1)) {
                let id = RecordId(*id);
                found.insert(id, Person { id: schema.id_text(id), name: name.as_text().unwrap_or_default().to_owned() });
            }
        }
        if found.len() == ids.len() {
            break;
        }
    }
    Ok(found)
}
