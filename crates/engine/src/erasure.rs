//! Erasing what is known of a person: the values of a contact, a lead or any record with a phone number or an e-mail address, and every trace of
//! them, while the record's number stays for what points at it, and the audit log's tree verifies as before.
//!
//! In one transaction: the record's values, the old and new values in its history, what other texts of the organisation repeat of them (events of the audit
//! log, notifications, samples of imports, jobs, views, answers kept for repeated requests), and the salts of their digests. Then, as a job: files that hang on
//! the record, uploads of imports, files of exports, and the freed space of the database's file. The search index follows the log.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_access::{Policy, Purpose, on_behalf_of_product, product_change, sensitive};
use guanxi_model::change::{Change, ChangeSet};
use guanxi_model::meta::FieldType;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, FieldError, Label, Object, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::sys::{Erasure, NOT_LOGGED_YET, Texts};
use guanxi_store::{LogEntry, WriteError};
use serde_json::{Map, Value, json};

use crate::audit::events::{self, About, Kind};
use crate::jobs::{self, Job, JobCtx, NewJob};
use crate::write::{self, Operation, Options, Row, build};
use crate::{Organisation, audit, export, import, read, recycle};

/// Kind of the job that removes files and rewrites the database.
pub(crate) const WIPE: &str = "erasure";

/// The diff of an erasure in the change log: no values, and known to the log's readers.
const DIFF: &str = "{\"_erased\":true}";

/// What stands in the place of a name.
const GONE: &str = "已清除 / Erased";

/// How many texts are read at a time.
const PAGE: u32 = 500;

/// How often it is tried while the audit log takes in what has just changed.
const TRIES: u32 = 5;

/// The fewest characters by which a value is recognised inside another text; those of names, addresses and numbers of a person by fewer.
const RECOGNISED: usize = 4;
const RECOGNISED_NAME: usize = 2;

/// Whether a change is an erasure: the log's readers then leave nothing behind of what they knew.
pub(crate) fn is_erasure(entry: &LogEntry) -> bool {
    entry.diff == DIFF
}

/// Whether there are persons among the records of an object.
pub fn has_persons(object: &Object) -> bool {
    let reachable = object.fields.iter().any(|f| matches!(f.def.ty, FieldType::Email | FieldType::Phone));
    reachable && !["user", "team", "file"].contains(&object.name())
}

/// Erases what is known of the person of a record. `typed` is the record's name as the administrator has typed it. Gives the job that does
/// what is left to do.
///
/// # Errors
/// 403 for others than administrators; 404; 422 `no_person` for objects without persons, `name_differs`; 409 `in_recycle_bin`, or when the record
/// changes meanwhile.
pub async fn erase(org: &Organisation, ctx: &Ctx, object: &str, id: &str, typed: &str) -> Result<Job> {
    let schema = org.schema();
    if !Policy::of(ctx, &schema).administrator() {
        return Err(Error::forbidden("只有管理员可以清除个人信息。", "Only administrators may erase personal data."));
    }
    sensitive::require(ctx)?;
    let object = schema.require(object)?;
    let (_, record) = schema.parse_id(id).filter(|(of, _)| of.no == object.no).ok_or_else(Error::no_record)?;
    if !has_persons(object) {
        let label = &object.def.label;
        let (zh, en) = (
            format!("“{}”的记录不是个人，没有可清除的个人信息", label.zh),
            format!("{} are not persons; there is nothing to erase", label.plural(guanxi_model::Lang::En)),
        );
        return Err(Error::field(FieldError::new("object", "no_person", zh, en)));
    }
    for _ in 0..TRIES {
        let row = row(org, ctx, object, record).await?;
        let name = row.first(object.name_field().name()).as_text().unwrap_or_default().to_owned();
        if typed.trim() != name.trim() || name.trim().is_empty() {
            let (zh, en) = ("与记录的名称不一致；请原样输入名称以确认", "is not the record's name; type it exactly as it is to confirm");
            return Err(Error::field(FieldError::new("name", "name_differs", zh, en)));
        }
        audit::bring_up(org).await?;
        match once(org, ctx, row).await {
            Ok(()) => return wipe_later(org, ctx, object, record).await,
            Err(WriteError::Other(error)) if error.code == NOT_LOGGED_YET => {}
            Err(WriteError::Version { .. }) => {}
            Err(error) => return Err(error.into_error()),
        }
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "changed_meanwhile",
        "记录正在被修改，请稍后再试。",
        "The record is being changed; please try again.",
    ))
}

async fn wipe_later(org: &Organisation, ctx: &Ctx, object: &Object, record: RecordId) -> Result<Job> {
    let title = Label::new("清除个人信息的残留", "Remove what is left of erased personal data");
    let payload = json!({ "object": object.name(), "record": record.0 });
    jobs::enqueue(org, ctx, NewJob { kind: WIPE, title, payload, max_attempts: 5 }).await
}

/// The record as it is.
async fn row(org: &Organisation, ctx: &Ctx, object: &Arc<Object>, id: RecordId) -> Result<Row> {
    let by_id = Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0));
    let query = Query::fields(object.name(), &read::field_names(object)).and(by_id);
    let rows = read::before_writing(org, ctx, query, &Page { limit: 1, ..Page::default() }).await?;
    if let Some(row) = Row::from_page(object, &rows).pop() {
        return Ok(row);
    }
    if recycle::deleted_rows(org, ctx, &[id], false).await?.is_empty() {
        return Err(Error::no_record());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "in_recycle_bin",
        "记录在回收站中，请先还原，再清除个人信息。",
        "The record is in the recycle bin; restore it first, then erase.",
    ))
}

/// Files that hang on a record, live or in the bin.
async fn files_on(org: &Organisation, ctx: &Ctx, record: RecordId) -> Result<Vec<(Row, bool)>> {
    let schema = org.schema();
    let file = schema.require("file")?;
    let mut found = Vec::new();
    for deleted in [false, true] {
        let on = Expr::Compare("related_to_id".into(), Comparison::Eq, Literal::Id(record.0));
        let mut query = Query::fields("file", &read::field_names(file)).and(on);
        query.deleted = deleted;
        let query = on_behalf_of_product(Purpose::Consistency, query);
        let rows = org.store().select(ctx, &schema, &query, &Page { limit: read::MAX_PAGE, ..Page::default() }).await?;
        found.extend(Row::from_page(file, &rows).into_iter().map(|row| (row, deleted)));
    }
    Ok(found)
}

async fn once(org: &Organisation, ctx: &Ctx, row: Row) -> Result<(), WriteError> {
    let schema = org.schema();
    let (record, object) = (row.id(), Arc::clone(&row.object));
    let mut rows = vec![row];
    // Those in the bin cannot be changed; they go for good, and their history is cleaned like that of the others.
    let files = files_on(org, ctx, record).await?;
    let binned: Vec<Row> = files.iter().filter(|(_, deleted)| *deleted).map(|(row, _)| row.clone()).collect();
    rows.extend(files.into_iter().filter(|(_, deleted)| !deleted).map(|(row, _)| row));
    let mut known = Known::default();
    let (mut changes, mut diffs) = (Vec::new(), Vec::new());
    for (row, change) in rows.iter().map(|row| (row, true)).chain(binned.iter().map(|row| (row, false))) {
        known.of_row(row);
        if change {
            changes.extend(blanked(ctx, &schema, row));
        }
        let mut before = None;
        loop {
            let entries = org.store().log_of_record(row.id(), before, PAGE).await?;
            before = entries.last().map(|e| e.seq);
            diffs.extend(entries.iter().filter_map(|entry| without(&row.object, entry, &mut known)));
            if entries.len() < PAGE as usize {
                break;
            }
        }
    }
    let texts = texts(org, &known).await?;
    let answers = org.store().kept_answers().await?;
    let answers = answers.into_iter().filter(|(.., body)| known.in_text(body) || known.in_escaped(body)).map(|(user, key, _)| (user, key));
    let body = json!({ "fields": erasable(&object).map(|f| f.name()).collect::<Vec<_>>(), "files": rows.len() - 1 + binned.len() });
    let event = events::event(org, ctx, Kind::Erasure, About::Record(record), body);
    let erasure = Erasure { diffs, texts, answers: answers.collect(), event };
    let id = org.random().positive_i64();
    let set =
        ChangeSet { id, user: ctx.user, door: ctx.door, at: ctx.now_us, changes, guards: Vec::new(), idempotency: None, jobs: Vec::new() };
    org.store().write_erasing(&schema, product_change(Purpose::Consistency, set), &erasure).await.map(drop)
}

/// Fields whose values people typed, or that say who it is or when born; choices from lists, amounts and links stay.
fn erasable(object: &Object) -> impl Iterator<Item = &guanxi_model::Field> {
    let of_product = ["id", "version", "sha256", "content_type", "storage_key"];
    object.fields.iter().filter(move |field| {
        let personal = matches!(
            field.def.ty,
            FieldType::Text { .. }
                | FieldType::LongText { .. }
                | FieldType::RichText
                | FieldType::Email
                | FieldType::Phone
                | FieldType::Url
                | FieldType::Address
                | FieldType::Tags
                | FieldType::Json
                | FieldType::Date
                | FieldType::File
        );
        personal && !of_product.contains(&field.name())
    })
}

/// The change that takes the values out of a record.
fn blanked(ctx: &Ctx, schema: &guanxi_model::Schema, row: &Row) -> Option<Change> {
    let mut after = row.clone();
    for field in erasable(&row.object) {
        after.set(field.name(), vec![Cell::Null; field.columns.len()]);
    }
    after.set(row.object.name_field().name(), vec![Cell::Text(GONE.to_owned())]);
    let change = build::difference(ctx, schema, row, after).change?;
    Some(Change { diff: DIFF.to_owned(), ..change })
}

/// What stays of an entry of the log; `None` where nothing goes. What goes is known from then on.
fn without(object: &Object, entry: &LogEntry, known: &mut Known) -> Option<(i64, String)> {
    let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(&entry.diff) else { return None };
    let before = members.len();
    members.retain(|name, value| {
        // Of a field that was removed since nobody knows any more what it held.
        let goes = erasable(object).any(|f| f.name() == name) || object.field(name).is_none() && name != "_erased";
        if goes {
            known.of_value(value, object.field(name).is_some_and(|f| names(object, f)));
        }
        !goes
    });
    (members.len() < before).then(|| (entry.seq, Value::Object(members).to_string()))
}

/// Whether a field's values stand for the person wherever they are found.
fn names(object: &Object, field: &guanxi_model::Field) -> bool {
    matches!(field.def.ty, FieldType::Email | FieldType::Phone) || field.name() == object.name_field().name()
}

/// The values that go.
#[derive(Default)]
struct Known {
    parts: BTreeSet<String>,
    whole: BTreeSet<String>,
    /// Those that stand for the person wherever they are found: a title or a town is somebody else's, too.
    names: BTreeSet<String>,
}

impl Known {
    fn put(&mut self, text: &str, names: bool) {
        let text = text.trim();
        if names && text.chars().count() >= RECOGNISED_NAME {
            self.names.insert(text.to_owned());
        }
        match text.chars().count() {
            0 => {}
            n if n >= RECOGNISED || names && n >= RECOGNISED_NAME => drop(self.parts.insert(text.to_owned())),
            _ => drop(self.whole.insert(text.to_owned())),
        }
    }

    fn of_row(&mut self, row: &Row) {
        for field in erasable(&row.object) {
            for cell in row.get(field.name()) {
                if let Cell::Text(text) = cell {
                    self.put(text, names(&row.object, field));
                }
            }
        }
    }

    fn of_value(&mut self, value: &Value, names: bool) {
        match value {
            Value::String(text) => self.put(text, names),
            Value::Array(values) => values.iter().for_each(|value| self.of_value(value, names)),
            Value::Object(members) => members.values().for_each(|value| self.of_value(value, names)),
            _ => {}
        }
    }

    /// The same, for texts that others go on using: only what stands for the person.
    fn names_only(&self) -> Known {
        Known { parts: self.names.clone(), ..Known::default() }
    }

    fn in_text(&self, text: &str) -> bool {
        self.whole.contains(text) || self.parts.iter().any(|part| text.contains(part.as_str()))
    }

    /// In a text that is JSON: there some characters stand in other ways.
    fn in_escaped(&self, text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok_and(|mut value| self.take_out(&mut value))
    }

    /// Empties the strings of a value that hold something; says whether there were any.
    fn take_out(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) if self.in_text(text) => {
                text.clear();
                true
            }
            Value::Array(values) => values.iter_mut().fold(false, |found, value| self.take_out(value) | found),
            Value::Object(members) => {
                let named: Vec<String> =
                    members.keys().filter(|name| self.parts.iter().any(|part| name.contains(part.as_str()))).cloned().collect();
                let in_names = !named.is_empty();
                named.iter().for_each(|name| drop(members.remove(name)));
                members.values_mut().fold(in_names, |found, value| self.take_out(value) | found)
            }
            _ => false,
        }
    }
}

/// What stays of the texts that repeat something.
async fn texts(org: &Organisation, known: &Known) -> Result<Vec<(Texts, i64, String)>> {
    let mut found = Vec::new();
    let names = known.names_only();
    for of in Texts::ALL {
        // Of what was asked and is asked again, nothing goes for the sake of a word that it has in common with the record.
        let known = if matches!(of, Texts::Events | Texts::Views) { &names } else { known };
        let mut after = 0;
        loop {
            let page = org.store().texts_after(of, after, PAGE).await?;
            after = page.last().map_or(after, |(id, _)| *id);
            let full = page.len() == PAGE as usize;
            for (id, text) in page {
                match serde_json::from_str::<Value>(&text) {
                    Ok(mut value) => {
                        if known.take_out(&mut value) {
                            found.push((of, id, value.to_string()));
                        }
                    }
                    Err(_) if known.in_text(&text) => found.push((of, id, json!({}).to_string())),
                    Err(_) => {}
                }
            }
            if !full {
                break;
            }
        }
    }
    Ok(found)
}

/// Removes files that hang on the record, uploads of imports of its object, files of exports, and rewrites the database.
pub(crate) async fn wipe(job: JobCtx) -> Result<Value> {
    let (org, ctx) = (&job.org, &job.ctx);
    let (Some(object), Some(record)) = (job.payload["object"].as_str(), job.payload["record"].as_i64()) else {
        return Err(Error::internal("an erasure without a record"));
    };
    let files = files_on(org, ctx, RecordId(record)).await?;
    let schema = org.schema();
    for (row, deleted) in &files {
        if !deleted {
            let operation = Operation::Delete { id: row.id(), version: None };
            write::write_one(org, ctx, operation, Options::default()).await?;
        }
        recycle::purge(org, ctx, &[schema.id_text(row.id())]).await?;
    }
    let imports = import::forget_uploads(org, object).await?;
    let exports = export::forget_files(org).await?;
    org.store().rewrite().await?;
    let mut result = Map::new();
    for (name, count) in [("files", files.len()), ("imports", imports), ("exports", exports)] {
        result.insert(name.to_owned(), count.into());
    }
    Ok(Value::Object(result))
}
