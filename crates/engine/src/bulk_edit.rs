//! The same new values for many records: a preview of what would change, and a job that changes them under one change set, so that
//! all of it can be taken back together. Records are named one by one or by a query, and are gone through by key in chunks.

use std::sync::Arc;

use guanxi_access::{ADMINISTERED, authorize_query, sensitive};
use guanxi_model::render::value;
use guanxi_model::{Ctx, Door, Error, FieldError, Label, Object, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal, Order, Select};
use guanxi_query::{Page, Query, parse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::jobs::{self, Job, JobCtx, NewJob};
use crate::write::{self, Operation, Options, Outcome, Row};
use crate::{Organisation, read};

/// Kind of the job.
pub(crate) const BULK_EDIT: &str = "bulk_edit";

/// Records written in one transaction.
const CHUNK: usize = 200;

/// Records shown before anything is written.
const PREVIEW: usize = 20;

/// Refusals kept with the result.
const MAX_ERRORS: usize = 100;

/// Which records get which values. Either `ids` or `q` is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    /// The records, at most 10,000.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
    /// All records that a query finds: what it selects and its order do not matter.
    #[serde(default)]
    pub q: Option<String>,
    /// New values by field.
    pub values: Map<String, Value>,
}

/// A record as it would be.
#[derive(Clone, Debug)]
pub struct PreviewRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What would change: field, value now, value then.
    pub changes: Vec<(String, Value, Value)>,
    /// Why it would be refused.
    pub error: Option<Error>,
}

/// What an edit would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many records it is about.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<PreviewRow>,
}

/// Says what an edit would do, and writes nothing.
///
/// # Errors
/// 400 for a query that is none or is not about the object; 403; 422 for values that no record can have.
pub async fn preview(org: &Organisation, ctx: &Ctx, object: &str, edit: &BulkEdit) -> Result<Preview> {
    let mut records = Records::new(org, ctx, object, edit)?;
    let total = records.count(org, ctx).await?;
    let before = records.next(org, ctx, PREVIEW).await?;
    let schema = org.schema();
    let options = Options { dry_run: true, ..Options::default() };
    let written = write::write(org, ctx, operations(&before, edit), options).await?;
    let rows = before.iter().zip(written.outcomes).map(|(row, outcome)| {
        let (changes, error) = match outcome {
            Outcome::Updated(after) => (differences(ctx, &schema, row, &after), None),
            Outcome::Failed(error) => (Vec::new(), Some(error)),
            _ => (Vec::new(), None),
        };
        PreviewRow { id: schema.id_text(row.id()), name: name_of(row), changes, error }
    });
    Ok(Preview { total, rows: rows.collect() })
}

/// Queues an edit. Gives the job and the change set under which it will write, for undo whatever becomes of the job.
///
/// # Errors
/// As [`preview`].
pub async fn start(org: &Organisation, ctx: &Ctx, object: &str, edit: BulkEdit) -> Result<(Job, i64)> {
    let records = Records::new(org, ctx, object, &edit)?;
    if ADMINISTERED.contains(&object) {
        sensitive::require(ctx)?;
    }
    let label = &records.object.def.label;
    let title = Label::new(format!("批量编辑：{}", label.zh), format!("Bulk edit: {}", label.en));
    let change_set = org.random().positive_i64();
    let payload = json!({"object": object, "edit": edit, "change_set": change_set});
    let job = jobs::enqueue(org, ctx, NewJob { kind: BULK_EDIT, title, payload, max_attempts: 3 }).await?;
    Ok((job, change_set))
}

/// What came of an edit so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Done {
    /// Records before this id are done; with `ids`, this many of them.
    after: i64,
    records: u64,
    updated: u64,
    unchanged: u64,
    failed: u64,
    errors: Vec<Value>,
}

/// Edits as a job. What is done is noted after each chunk, for the attempt after a crash.
pub(crate) async fn run(mut job: JobCtx) -> Result<Value> {
    // It is the user's own edit, as if each record had been saved.
    job.ctx.door = Door::Rest;
    let object = job.payload["object"].as_str().unwrap_or_default().to_owned();
    let change_set = job.payload["change_set"].as_i64().ok_or_else(|| Error::internal("a bulk edit without a change set"))?;
    let edit: BulkEdit = serde_json::from_value(job.payload["edit"].clone()).map_err(Error::internal)?;
    let key = format!("bulk_edit.{}.progress", job.id);
    let noted = job.org.store().settings().await?.into_iter().find(|(k, _)| *k == key);
    let mut done: Done = noted.and_then(|(_, body)| serde_json::from_str(&body).ok()).unwrap_or_default();
    let mut records = Records::new(&job.org, &job.ctx, &object, &edit)?;
    records.after = done.after;
    let total = done.records + records.count(&job.org, &job.ctx).await?;
    loop {
        job.progress(done.records, Some(total.max(done.records)));
        if job.cancelled() {
            job.org.store().setting_set(&key, None).await?;
            return Err(job.was_cancelled());
        }
        // What is shared until a time is not beyond it.
        job.ctx.now_us = job.org.now_us();
        let rows = records.next(&job.org, &job.ctx, CHUNK).await?;
        if rows.is_empty() {
            break;
        }
        job.hold().await?;
        let options = Options { change_set: Some(change_set), ..Options::default() };
        let written = write::write(&job.org, &job.ctx, operations(&rows, &edit), options).await?;
        for (row, outcome) in rows.iter().zip(written.outcomes) {
            done.count(&job, row, outcome);
        }
        done.after = records.after;
        job.note(&key, &serde_json::to_string(&done).map_err(Error::internal)?).await?;
    }
    job.org.store().setting_set(&key, None).await?;
    let change_set = (done.updated > 0).then(|| change_set.to_string());
    Ok(json!({
        "records": done.records, "updated": done.updated, "unchanged": done.unchanged, "failed": done.failed,
        "errors": done.errors, "change_set": change_set
    }))
}

impl Done {
    fn count(&mut self, job: &JobCtx, row: &Row, outcome: Outcome) {
        self.records += 1;
        match outcome {
            Outcome::Updated(_) => self.updated += 1,
            Outcome::Failed(error) => {
                self.failed += 1;
                if self.errors.len() < MAX_ERRORS {
                    self.errors
                        .push(json!({"id": job.org.schema().id_text(row.id()), "name": name_of(row), "message": reason(job, &error)}));
                }
            }
            _ => self.unchanged += 1,
        }
    }
}

/// Why a record was refused, in the language of the job.
fn reason(job: &JobCtx, error: &Error) -> String {
    let lang = job.ctx.lang;
    let fields: Vec<&str> = error.fields.iter().map(|f| f.message.get(lang)).collect();
    if fields.is_empty() { error.message.get(lang).to_owned() } else { fields.join("; ") }
}

/// The records that an edit is about, by key.
struct Records {
    object: Arc<Object>,
    /// Those named one by one.
    ids: Option<Vec<RecordId>>,
    /// Those found by a query.
    query: Query,
    /// How far they are gone through.
    after: i64,
}

impl Records {
    fn new(org: &Organisation, ctx: &Ctx, object: &str, edit: &BulkEdit) -> Result<Records> {
        let schema = org.schema();
        let object = Arc::clone(schema.require(object)?);
        check_values(&object, &edit.values)?;
        let mut query = Query::fields(object.name(), &read::field_names(&object));
        let ids = match (&edit.ids, &edit.q) {
            (Some(ids), None) => Some(parse_ids(&schema, &object, ids)?),
            (None, Some(q)) => {
                let asked = parse(q)?;
                if asked.object != object.name() || asked.is_aggregate() || asked.limit.is_some() {
                    return Err(bad_query(object.name()));
                }
                query.filter = asked.filter;
                None
            }
            _ => return Err(Error::field(FieldError::new("ids", "required", "须给出 ids 或 q 之一", "either ids or q must be given"))),
        };
        query.order = vec![Order { path: "id".into(), desc: false, nulls_last: None }];
        // Which records, and in which order, is the user's question; their values are only read to be changed.
        authorize_query(ctx, &schema, Query { select: vec![Select::Field("id".into())], ..query.clone() })?;
        Ok(Records { object, ids, query, after: 0 })
    }

    /// How many there still are.
    async fn count(&self, org: &Organisation, ctx: &Ctx) -> Result<u64> {
        if let Some(ids) = &self.ids {
            return Ok((ids.len() as u64).saturating_sub(self.after.unsigned_abs()));
        }
        let mut query = self.rest();
        query.select = vec![Select::Field("id".into())];
        let page = read::run(org, ctx, query, &Page { limit: 1, cursor: None, total: true }).await?;
        Ok(page.total.and_then(|total| u64::try_from(total).ok()).unwrap_or(0))
    }

    /// The next ones, none at the end.
    async fn next(&mut self, org: &Organisation, ctx: &Ctx, limit: usize) -> Result<Vec<Row>> {
        let query = match &self.ids {
            None => self.rest(),
            Some(ids) => {
                let from = usize::try_from(self.after).unwrap_or(usize::MAX).min(ids.len());
                let part: Vec<Literal> = ids.iter().skip(from).take(limit).map(|id| Literal::Id(id.0)).collect();
                if part.is_empty() {
                    return Ok(Vec::new());
                }
                self.after += part.len() as i64;
                self.query.clone().and(Expr::In("id".into(), part, false))
            }
        };
        let rows = read::before_writing(org, ctx, query, &Page { limit: limit as u32, cursor: None, total: false }).await?;
        let rows = Row::from_page(&self.object, &rows);
        if let (None, Some(last)) = (&self.ids, rows.last()) {
            self.after = last.id().0;
        }
        if self.ids.is_some() && rows.is_empty() {
            return Box::pin(self.next(org, ctx, limit)).await;
        }
        Ok(rows)
    }

    fn rest(&self) -> Query {
        let query = self.query.clone();
        if self.after == 0 { query } else { query.and(Expr::Compare("id".into(), Comparison::Gt, Literal::Id(self.after))) }
    }
}

fn check_values(object: &Object, values: &Map<String, Value>) -> Result<()> {
    if values.is_empty() {
        return Err(Error::field(FieldError::new(
            "values",
            "required",
            "至少要给出一个字段的新值",
            "at least one field needs a new value",
        )));
    }
    let unique = values.keys().find(|name| object.field(name).is_some_and(|f| f.def.is_unique()));
    match unique {
        None => Ok(()),
        Some(name) => Err(Error::field(FieldError::new(
            format!("values.{name}"),
            "unique",
            "此字段的值须唯一，不能批量设为同一个值",
            "the values of this field must be unique; many records cannot get the same one",
        ))),
    }
}

fn parse_ids(schema: &guanxi_model::Schema, object: &Object, ids: &[String]) -> Result<Vec<RecordId>> {
    if ids.is_empty() || ids.len() > write::MAX_OPERATIONS {
        let (zh, en) = (format!("须为 1 到 {} 个", write::MAX_OPERATIONS), format!("must be 1 to {}", write::MAX_OPERATIONS));
        return Err(Error::field(FieldError::new("ids", "out_of_range", zh, en)));
    }
    let parsed = ids.iter().map(|id| match schema.parse_id(id) {
        Some((of, id)) if of.no == object.no => Ok(id),
        _ => Err(Error::no_record()),
    });
    parsed.collect()
}

fn bad_query(object: &str) -> Error {
    Error::bad_request(
        "bad_bulk_query",
        format!("批量编辑的查询须列出“{object}”的记录，不能汇总，也不能带 LIMIT。"),
        format!("The query of a bulk edit must list records of “{object}”, without aggregates and without LIMIT."),
    )
}

fn operations(rows: &[Row], edit: &BulkEdit) -> Vec<Operation> {
    rows.iter().map(|row| Operation::Update { id: row.id(), values: edit.values.clone(), version: None }).collect()
}

fn differences(ctx: &Ctx, schema: &guanxi_model::Schema, before: &Row, after: &Row) -> Vec<(String, Value, Value)> {
    let both = before.shown(ctx, schema).zip(after.shown(ctx, schema)).filter(|((f, _), _)| !f.system || f.name() == "owner_id");
    // Whose it is may change, and with it what is masked: that is no change of the value.
    both.filter(|((field, _), _)| before.get(field.name()) != after.get(field.name()))
        .filter_map(|((field, old), (_, new))| {
            let [old, new] = [old, new].map(|cells| value(schema, &field.def.ty, &cells));
            (old != new).then(|| (field.name().to_owned(), old, new))
        })
        .collect()
}

/// What a record is called.
fn name_of(row: &Row) -> String {
    row.first(row.object.name_field().name()).as_text().unwrap_or_default().to_owned()
}
