//! The log for people: leaves by filter, the latest first, with the text outside where it is still there.

use std::collections::{HashMap, HashSet};

use guanxi_access::{Policy, authorize_query};
use guanxi_model::change::Op;
use guanxi_model::{Ctx, Error, RecordId, Result, Schema};
use guanxi_store::LogEntry;
use guanxi_store::sys::{LeafFilter, LeafNow, Source};
use serde::Serialize;
use serde_json::Value;

use super::events::{KINDS, check_right};
use super::leaf::{Entry, SCHEMA};
use crate::changes::{self, FieldChange, Person};
use crate::{Organisation, recent};

/// Which entries; those absent do not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Record id of the user.
    pub user: Option<String>,
    /// API name of the object.
    pub object: Option<String>,
    /// Record id.
    pub record: Option<String>,
    /// `create`, `update`, … or the kind of an event.
    pub kind: Option<String>,
    /// Not before this time, RFC 3339.
    pub from: Option<String>,
    /// Before this time, RFC 3339.
    pub to: Option<String>,
}

/// What became of the text outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// It is there, and is what the leaf says.
    Kept,
    /// It was taken away.
    Erased,
    /// It is not what the leaf says.
    Altered,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// Its place in the tree.
    pub index: i64,
    /// The leaf, as it was hashed.
    pub entry: Value,
    /// Who; `null` where nobody is known.
    pub by: Option<Person>,
    /// The record, where it is there to be seen by the reader.
    pub about: Option<Person>,
    /// The text outside.
    pub text: Text,
    /// Whether the reader may not see the record: what changed is not told then.
    pub closed: bool,
    /// What changed, for a change of a record, as far as the reader sees the fields.
    pub fields: Vec<FieldChange>,
    /// What else there is to say, for an event or a change of the schema; without what the reader's rights do not cover.
    pub body: Value,
}

/// Entries by filter, the latest first, and where to go on.
///
/// # Errors
/// 403; 400 for a filter that cannot be understood.
pub async fn list(
    org: &Organisation,
    ctx: &Ctx,
    filter: &Filter,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Listed>, Option<String>)> {
    check_right(org, ctx)?;
    page(org, ctx, &understood(org, filter, cursor)?, limit).await
}

/// How many entries the last signed checkpoint covers: those with a smaller place are in it. 0 while nothing was signed.
///
/// # Errors
/// 403.
pub async fn signed(org: &Organisation, ctx: &Ctx) -> Result<u64> {
    check_right(org, ctx)?;
    let note = org.store().audit_tree().await?.checkpoint;
    Ok(note.as_deref().and_then(super::note::size_of).unwrap_or(0))
}

/// A page of a filter that was understood.
pub(super) async fn page(org: &Organisation, ctx: &Ctx, filter: &LeafFilter, limit: u32) -> Result<(Vec<Listed>, Option<String>)> {
    let mut found = org.store().audit_find(filter, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| format!("{}-{}", last.leaf.at, last.leaf.index));
    let people = changes::people(org, ctx, found.iter().map(|f| f.leaf.user)).await?;
    let visible = changes::visible(org, ctx, found.iter().filter_map(change_of).collect()).await?;
    let visible: HashSet<i64> = visible.iter().map(|change| change.seq).collect();
    let schema = org.schema();
    let names = names(org, ctx, &schema, &found).await?;
    let listed = found.iter().map(|found| {
        let by = people.get(&found.leaf.user).cloned();
        let about =
            found.now.as_ref().and_then(|now| Some(Person { id: schema.id_text(now.record), name: names.get(&now.record)?.clone() }));
        show(ctx, &schema, &visible, found, (by, about))
    });
    Ok((listed.collect(), next))
}

/// The names of the records of a page, as far as they are there and the reader sees them.
async fn names(org: &Organisation, ctx: &Ctx, schema: &Schema, found: &[LeafNow]) -> Result<HashMap<RecordId, String>> {
    let mut by_object: HashMap<u16, HashSet<RecordId>> = HashMap::new();
    for now in found.iter().filter_map(|found| found.now.as_ref()).filter(|now| now.record.0 != 0) {
        by_object.entry(now.record.object()).or_default().insert(now.record);
    }
    let mut names = HashMap::new();
    for (no, ids) in by_object {
        let Some(object) = schema.by_no(no) else { continue };
        let ids: Vec<RecordId> = ids.into_iter().collect();
        names.extend(recent::names_of(org, ctx, object, &ids).await?.into_iter().filter_map(|(id, name)| Some((id, name?))));
    }
    Ok(names)
}

/// The change of a record that a leaf is about, if its text is still there.
fn change_of(found: &LeafNow) -> Option<LogEntry> {
    let Source::Change(seq) = found.leaf.source else { return None };
    let now = found.now.as_ref().filter(|_| found.leaf.object != 0 && found.leaf.salt.is_some())?;
    Some(LogEntry {
        seq,
        change_set: now.change_set,
        at: now.at,
        user: now.user,
        door: now.door.clone(),
        op: now.op.and_then(Op::from_code).unwrap_or(Op::Update),
        object: found.leaf.object,
        id: now.record,
        version: now.version,
        diff: now.text.clone(),
    })
}

pub(super) fn understood(org: &Organisation, filter: &Filter, cursor: Option<&str>) -> Result<LeafFilter> {
    let schema = org.schema();
    let wrong = |name: &'static str| {
        Error::bad_request("invalid_parameter", format!("参数 {name} 无效。"), format!("The parameter {name} cannot be understood."))
    };
    // The record may be gone and its object, too: any number that is an id.
    let id = |text: &Option<String>, name| {
        text.as_deref().map(|text| RecordId::decode(text).map(|(_, id)| id).map_err(|_| wrong(name))).transpose()
    };
    let time = |text: &Option<String>, name| {
        text.as_deref().map(|text| text.parse::<jiff::Timestamp>().map(|t| t.as_microsecond()).map_err(|_| wrong(name))).transpose()
    };
    let object = match filter.object.as_deref() {
        Some(name) => Some(schema.require(name)?.no),
        None => None,
    };
    if filter.kind.as_deref().is_some_and(|kind| !KINDS.contains(&kind)) {
        let all = KINDS.join(", ");
        let (zh, en) = (format!("没有这种事件，kind 可以是：{all}。"), format!("There is no such event; kind may be {all}."));
        return Err(Error::bad_request("invalid_parameter", zh, en));
    }
    let before = cursor.map(place);
    Ok(LeafFilter {
        user: id(&filter.user, "user")?,
        object,
        record: id(&filter.record, "record")?,
        kind: filter.kind.clone(),
        from: time(&filter.from, "from")?,
        to: time(&filter.to, "to")?,
        before: before.map(|before| before.ok_or_else(|| wrong("cursor"))).transpose()?,
    })
}

/// The leaf that a cursor names: its time and place.
pub(super) fn place(cursor: &str) -> Option<(i64, i64)> {
    let (at, index) = cursor.rsplit_once('-')?;
    Some((at.parse().ok()?, index.parse().ok()?))
}

fn show(ctx: &Ctx, schema: &Schema, visible: &HashSet<i64>, found: &LeafNow, (by, about): (Option<Person>, Option<Person>)) -> Listed {
    let leaf = &found.leaf;
    let kept = found.now.as_ref().zip(leaf.salt.as_deref());
    let parsed = Entry::parse(leaf.entry.as_bytes());
    let text = match (kept, &parsed) {
        (None, _) => Text::Erased,
        (Some((now, salt)), Some(entry)) if entry.differs(now, Some(salt)).is_none() => Text::Kept,
        _ => Text::Altered,
    };
    let (mut fields, mut body, mut closed) = (Vec::new(), Value::Null, false);
    match (change_of(found), schema.by_no(leaf.object)) {
        (Some(change), Some(object)) if visible.contains(&change.seq) => fields = changes::fields(ctx, schema, object, &change),
        // The object is gone, and its fields' rights with it: for those who see everything, as it was noted.
        (Some(change), None) if Policy::of(ctx, schema).administrator() => body = serde_json::from_str(&change.diff).unwrap_or(Value::Null),
        (Some(_), _) => closed = true,
        (None, _) => {
            let text = kept.and_then(|(now, _)| serde_json::from_str(&now.text).ok());
            body = text.map_or(Value::Null, |text| told(ctx, schema, found, text));
        }
    }
    Listed { index: leaf.index, entry: serde_json::from_str(&leaf.entry).unwrap_or(Value::Null), by, about, text, closed, fields, body }
}

/// The text of an event or of a change of the schema without what the reader's rights do not cover: fields that do not exist for this reader,
/// and queries that the reader could not ask, since values stand in their conditions.
fn told(ctx: &Ctx, schema: &Schema, found: &LeafNow, mut text: Value) -> Value {
    let policy = Policy::of(ctx, schema);
    if policy.administrator() {
        return text;
    }
    if found.leaf.kind == SCHEMA {
        let open = schema.objects().iter().all(|object| policy.reads(object) && !policy.restricts_fields(object));
        return if open { text } else { Value::Null };
    }
    let Some(members) = text.as_object_mut() else { return text };
    let asked = members.get("q").and_then(Value::as_str);
    if asked.is_some_and(|q| guanxi_query::parse(q).and_then(|query| authorize_query(ctx, schema, query)).is_err()) {
        members.remove("q");
    }
    if let Some(field) = members.get("field").and_then(Value::as_str) {
        let shown = schema.by_no(found.leaf.object).is_some_and(|object| policy.reads(object) && policy.shows(object, field));
        if !shown {
            members.remove("field");
        }
    }
    if !schema.object("user").is_some_and(|user| policy.reads(user) && policy.field(user, "email").is_open()) {
        members.remove("email");
    }
    text
}
