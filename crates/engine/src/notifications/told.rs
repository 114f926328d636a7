//! What entries of the change log are told to whom.

use std::collections::{BTreeMap, HashMap, HashSet};

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::change::Op;
use guanxi_model::meta::FieldType;
use guanxi_model::{Cell, Door, Error, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::{LogEntry, sys};
use serde_json::{Map, Value};

use super::{Body, Kind, preferences};
use crate::{Organisation, timeline};

/// The most users that can be mentioned by name.
const MAX_USERS: u32 = 2_000;

/// Something to be told, before it is known whether the user wants it.
struct Draft {
    user: RecordId,
    kind: Kind,
    record: RecordId,
    key: String,
    seq: i64,
    at: i64,
    body: Body,
}

/// What a batch of entries is told to whom. Imports and what the product does itself are told to nobody.
pub(super) async fn of(org: &Organisation, entries: &[LogEntry]) -> Result<Vec<sys::Notification>> {
    let schema = org.schema();
    let quiet = [Door::Import.name(), Door::System.name()];
    let read: Vec<Entry<'_>> = entries.iter().filter(|e| !quiet.contains(&e.door.as_str())).filter_map(|e| Entry::of(&schema, e)).collect();
    if read.is_empty() {
        return Ok(Vec::new());
    }
    let owners = owners(org, &schema, &read).await?;
    let names = if read.iter().any(|e| !e.written.is_empty()) { names(org).await? } else { Vec::new() };
    let mut drafts = Vec::new();
    for entry in &read {
        let assigned = entry.assigned();
        let mentioned = entry.mentioned(&names);
        let owner = owners.get(&entry.subject()).copied().filter(|o| Some(*o) != assigned && !mentioned.contains(o));
        drafts.extend(assigned.map(|user| entry.draft(user, Kind::Assigned)));
        drafts.extend(mentioned.into_iter().map(|user| entry.draft(user, Kind::Mentioned)));
        drafts.extend(owner.filter(|_| entry.concerns_owner()).map(|user| entry.draft(user, Kind::Changed)));
    }
    drafts.retain(|draft| draft.user.0 != draft.body.by && draft.user.0 != 0);
    wanted(org, drafts).await
}

/// One entry, taken apart.
struct Entry<'a> {
    entry: &'a LogEntry,
    object: &'a Object,
    diff: Map<String, Value>,
    /// Texts written by this change that have an `@`: before and after.
    written: Vec<(String, String)>,
    /// The record that an activity is about.
    about: Option<RecordId>,
}

impl<'a> Entry<'a> {
    fn of(schema: &'a Schema, entry: &'a LogEntry) -> Option<Entry<'a>> {
        let object = schema.by_no(entry.object)?;
        let diff: Map<String, Value> = serde_json::from_str(&entry.diff).unwrap_or_default();
        let mut read = Entry { entry, object, diff, written: Vec::new(), about: None };
        read.about = read.new_value(timeline::ABOUT).and_then(|v| schema.parse_id(v.as_str()?)).map(|(_, id)| id);
        let texts = object.fields.iter().filter(|f| {
            matches!(f.def.ty, FieldType::Text { .. } | FieldType::LongText { .. } | FieldType::RichText)
                && read.diff.contains_key(f.name())
        });
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        read.written = texts
            .map(|f| (text(read.old_value(f.name())), text(read.new_value(f.name()))))
            .filter(|(_, new)| new.contains(['@', '＠']))
            .collect();
        Some(read)
    }

    fn new_value(&self, field: &str) -> Option<&Value> {
        match (self.entry.op, self.diff.get(field)?) {
            (Op::Create, new) => Some(new),
            (_, Value::Array(pair)) => pair.get(1),
            _ => None,
        }
    }

    fn old_value(&self, field: &str) -> Option<&Value> {
        match (self.entry.op, self.diff.get(field)?) {
            (Op::Create, _) => None,
            (_, Value::Array(pair)) => pair.first(),
            _ => None,
        }
    }

    /// The user whose record it became.
    fn assigned(&self) -> Option<RecordId> {
        RecordId::decode(self.new_value("owner_id")?.as_str()?).ok().map(|(_, id)| id)
    }

    /// The users whose names stand after an `@` that was not there before.
    fn mentioned(&self, names: &[(String, RecordId)]) -> Vec<RecordId> {
        let mut found = Vec::new();
        for (old, new) in &self.written {
            let before = mentions(old, names);
            found.extend(mentions(new, names).into_iter().filter(|user| !before.contains(user)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The record whose owner may want to know: the one an activity is about, else the changed one.
    fn subject(&self) -> RecordId {
        self.about.filter(|_| self.entry.op == Op::Create).unwrap_or(self.entry.id)
    }

    fn concerns_owner(&self) -> bool {
        match self.entry.op {
            Op::Create => self.about.is_some(),
            Op::Update | Op::Delete | Op::Restore => true,
            Op::Purge => false,
        }
    }

    fn draft(&self, user: RecordId, kind: Kind) -> Draft {
        let seq = self.entry.seq;
        let (record, key) = match kind {
            // Further changes of the same record are told in the place of the earlier ones.
            Kind::Changed if self.subject() == self.entry.id => (self.subject(), format!("changed:{}", self.subject().0)),
            // Each activity by itself: one that the user may not see must not take the place of one that may be seen.
            Kind::Changed => (self.subject(), format!("done:{}", self.entry.id.0)),
            _ => (self.entry.id, format!("{}:{seq}", kind.name())),
        };
        let derived = ["owner_id", "version"];
        let fields = match self.entry.op {
            Op::Update => self.diff.keys().filter(|name| !derived.contains(&name.as_str())).cloned().collect(),
            _ => Vec::new(),
        };
        let done = (kind == Kind::Changed && self.subject() != self.entry.id).then_some(self.entry.id.0);
        let activity = done.map(|_| self.object.name().to_owned());
        let body = Body { by: self.entry.user.0, op: self.entry.op.name().to_owned(), fields, activity, done, job: None };
        Draft { user, kind, record, key, seq, at: self.entry.at, body }
    }
}

/// The users mentioned in a text; where one name begins with another, the longer one counts.
fn mentions(text: &str, names: &[(String, RecordId)]) -> Vec<RecordId> {
    let mut found = Vec::new();
    for rest in text.split(['@', '＠']).skip(1) {
        let longest = names.iter().filter(|(name, _)| rest.starts_with(name.as_str())).map(|(name, _)| name.len()).max();
        found.extend(names.iter().filter(|(name, _)| Some(name.len()) == longest && rest.starts_with(name.as_str())).map(|(_, id)| *id));
    }
    found
}

/// Active users by name.
async fn names(org: &Organisation) -> Result<Vec<(String, RecordId)>> {
    let active = Expr::Compare("active".into(), Comparison::Eq, Literal::Bool(true));
    let query = on_behalf_of_product(Purpose::Notification, Query::fields("user", &["id", "name"]).and(active));
    let page = Page { limit: MAX_USERS, ..Page::default() };
    let rows = org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, &page).await?;
    let pair = |row: &[Cell]| Some((row.get(1)?.as_text()?.trim().to_owned(), RecordId(row.first()?.as_int()?)));
    Ok(rows.rows().filter_map(pair).filter(|(name, _)| !name.is_empty()).collect())
}

/// The owners of the records that entries are about.
async fn owners(org: &Organisation, schema: &std::sync::Arc<Schema>, entries: &[Entry<'_>]) -> Result<HashMap<RecordId, RecordId>> {
    let mut asked: BTreeMap<u16, HashSet<RecordId>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.concerns_owner()) {
        asked.entry(entry.subject().object()).or_default().insert(entry.subject());
    }
    let mut owners = HashMap::new();
    for (no, ids) in asked {
        let Some(object) = schema.by_no(no) else { continue };
        let ids: Vec<Literal> = ids.into_iter().map(|id| Literal::Id(id.0)).collect();
        for deleted in [false, true] {
            let mut query = Query::fields(object.name(), &["id", "owner_id"]).and(Expr::In("id".into(), ids.clone(), false));
            query.deleted = deleted;
            let query = on_behalf_of_product(Purpose::Notification, query);
            let page = Page { limit: ids.len() as u32, ..Page::default() };
            let rows = org.store().select(&org.system_ctx(Door::System), schema, &query, &page).await?;
            let pair = |row: &[Cell]| Some((RecordId(row.first()?.as_int()?), RecordId(row.get(1)?.as_int()?)));
            owners.extend(rows.rows().filter_map(pair));
        }
    }
    Ok(owners)
}

/// The drafts whose users want them.
async fn wanted(org: &Organisation, drafts: Vec<Draft>) -> Result<Vec<sys::Notification>> {
    let mut known: HashMap<(RecordId, Kind), bool> = HashMap::new();
    let mut told = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let asked = (draft.user, draft.kind);
        let wants = match known.get(&asked) {
            Some(wants) => *wants,
            None => preferences::wants(org, draft.user, draft.kind).await?,
        };
        known.insert(asked, wants);
        if wants {
            told.push(sys::Notification {
                id: 0,
                user: draft.user,
                key: draft.key,
                seq: draft.seq,
                kind: draft.kind.name().to_owned(),
                at: draft.at,
                record: draft.record,
                body: serde_json::to_string(&draft.body).map_err(Error::internal)?,
                read_at: None,
            });
        }
    }
    Ok(told)
}
