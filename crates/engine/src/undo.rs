//! Undo of a change set: what it made goes to the recycle bin, what it changed gets its old values back, what it deleted is
//! restored. A value that somebody changed afterwards is left alone and reported.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::{Policy, Purpose, authorize_with_consequences, check_change, on_behalf_of_product, product_change, sensitive};
use guanxi_model::change::{Change, ChangeSet, Op};
use guanxi_model::{Ctx, Door, Error, ErrorKind, Label, Lang, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::{LogEntry, WriteError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::jobs::{self, Job, JobCtx, NewJob};
use crate::write::{Row, build, delete, normalise, shared};
use crate::{Organisation, read};

/// How many log entries are undone in one transaction. Twice as many are no faster, and need 30 MB more.
const CHUNK: u32 = 500;

/// Change sets of up to so many chunks are undone while the request waits, larger ones by a job.
const CHUNKS_AT_ONCE: usize = 4;

/// Kind of the job that takes a large change set back.
pub(crate) const UNDO: &str = "undo";

/// Conflicts kept with the result of a job.
const MAX_CONFLICTS: usize = 100;

/// What could not be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The record.
    pub id: String,
    /// The field, where only that stays.
    pub field: Option<String>,
    /// Why.
    pub reason: Label,
}

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The change set of the undo itself, which can be undone too.
    pub change_set: i64,
    /// Changes taken back.
    pub reverted: u64,
    /// Changes that stay.
    pub conflicts: Vec<Conflict>,
}

/// An undo that is done, or a job that does it.
pub enum Begun {
    /// It is done.
    Done(Undone),
    /// It is queued.
    Queued(Box<Job>),
}

/// Takes back a change set: at once, or, with more than 2,000 changes, as a job.
///
/// # Errors
/// As [`undo`].
pub async fn begin(org: &Organisation, ctx: &Ctx, change_set: i64) -> Result<Begun> {
    let bounds = pages(org, change_set, CHUNKS_AT_ONCE + 1).await?;
    if bounds.len() <= CHUNKS_AT_ONCE {
        return Ok(Begun::Done(undo(org, ctx, change_set, |_, _| true).await?));
    }
    // Who may not take back its beginning need not wait for a job to hear so.
    let first = org.store().log_of_set(change_set, 0, CHUNK).await?;
    plan(org, ctx, &first, &mut Undone::default(), &HashSet::new(), Rights::Checked).await?;
    // The job asks nobody any more, and what it will meet is not known here.
    sensitive::require(ctx)?;
    refuse_second(org, UNDO, "undone", &json!(change_set)).await?;
    let title = Label::new("撤销大批修改", "Undo of a large change");
    let payload = json!({"undone": change_set, "change_set": org.random().positive_i64()});
    let job = jobs::enqueue(org, ctx, NewJob { kind: UNDO, title, payload, max_attempts: 3 }).await?;
    Ok(Begun::Queued(Box::new(job)))
}

/// Refuses an undo while a job of this kind, with this value in its payload, waits or runs.
pub(crate) async fn refuse_second(org: &Organisation, kind: &str, member: &str, value: &Value) -> Result<()> {
    if org.store().jobs_unfinished_of(kind).await?.iter().all(|job| job.payload[member] != *value) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "undo_running",
        "这些修改正在撤销中，请在任务列表中查看进度。",
        "These changes are being taken back already; the list of jobs shows how far it is.",
    ))
}

/// Takes back a change set as a job. An attempt after a crash passes over what is back already.
pub(crate) async fn run(mut job: JobCtx) -> Result<Value> {
    // It is the user's own undo, as if the request had waited for it.
    job.ctx.door = Door::Rest;
    let set = job.payload["undone"].as_i64().ok_or_else(|| Error::internal("an undo of no change set"))?;
    Ok(as_job(&job, &job.ctx, set).await?.json(job.ctx.lang))
}

/// An undo that says how far it is, and ends when the job shall. All attempts write under the one change set of the job's payload.
pub(crate) async fn as_job(job: &JobCtx, ctx: &Ctx, change_set: i64) -> Result<Undone> {
    // A job that was queued before payloads had one writes under a new one.
    let own = job.payload["change_set"].as_i64().unwrap_or_else(|| job.org.random().positive_i64());
    let before: u64 = pages(&job.org, own, usize::MAX).await?.iter().map(|(_, n)| u64::from(*n)).sum();
    let mut undone = undo_as(&job.org, ctx, change_set, own, |done, total| {
        job.progress(done, Some(total));
        !job.cancelled()
    })
    .await?;
    undone.reverted += before;
    if job.cancelled() { Err(job.was_cancelled()) } else { Ok(undone) }
}

impl Undone {
    /// The result of a job.
    pub(crate) fn json(&self, lang: Lang) -> Value {
        let first = self.conflicts.iter().take(MAX_CONFLICTS);
        let conflicts: Vec<Value> = first.map(|c| json!({"id": c.id, "field": c.field, "reason": c.reason.get(lang)})).collect();
        json!({
            "change_set": self.change_set.to_string(), "reverted": self.reverted, "conflicts": conflicts,
            "conflict_count": self.conflicts.len(),
        })
    }
}

/// Takes back a change set, newest change first. `progress` is told how many of how many entries are done and says whether to go on.
///
/// # Errors
/// 404 if there is no such change set; 403 if the user lacks the rights for what the undo does.
pub async fn undo(org: &Organisation, ctx: &Ctx, change_set: i64, progress: impl FnMut(u64, u64) -> bool) -> Result<Undone> {
    undo_as(org, ctx, change_set, org.random().positive_i64(), progress).await
}

/// The same, writing under a change set that is given.
async fn undo_as(org: &Organisation, ctx: &Ctx, change_set: i64, own: i64, mut progress: impl FnMut(u64, u64) -> bool) -> Result<Undone> {
    let bounds = pages(org, change_set, usize::MAX).await?;
    let total: u64 = bounds.iter().map(|(_, n)| *n as u64).sum();
    if total == 0 {
        return Err(Error::not_found("没有这次修改，或者它已被清除。", "There is no such change set."));
    }
    let mut undone = Undone { change_set: own, ..Undone::default() };
    let mut done = 0;
    let mut touched = HashSet::new();
    for (after, n) in bounds.into_iter().rev() {
        let mut entries = org.store().log_of_set(change_set, after, n).await?;
        entries.reverse();
        chunk(org, ctx, &entries, &mut undone, &mut touched, Rights::Checked).await?;
        done += entries.len() as u64;
        if !progress(done, total) {
            break;
        }
    }
    Ok(undone)
}

/// Takes back some entries of one change set, newest first, as the product: the caller has checked that the user may. Used by the
/// recycle bin, where what went with a record comes back with it, whoever owns it.
pub(crate) async fn take_back(org: &Organisation, ctx: &Ctx, entries: &[LogEntry]) -> Result<Undone> {
    let mut undone = Undone { change_set: org.random().positive_i64(), ..Undone::default() };
    let mut touched = HashSet::new();
    for part in entries.chunks(CHUNK as usize) {
        chunk(org, ctx, part, &mut undone, &mut touched, Rights::Product).await?;
    }
    Ok(undone)
}

/// Whose rights an undo has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// The user's.
    Checked,
    /// The product's.
    Product,
}

/// Where each chunk of the set's entries begins, and how many it has; at most so many chunks.
async fn pages(org: &Organisation, set: i64, most: usize) -> Result<Vec<(i64, u32)>> {
    let mut pages = Vec::new();
    let mut after = 0;
    while pages.len() < most {
        let seqs = org.store().seqs_of_set(set, after, CHUNK).await?;
        let Some(last) = seqs.last() else { break };
        pages.push((after, seqs.len() as u32));
        after = *last;
    }
    Ok(pages)
}

/// Undoes some entries; `touched` are the records that this undo has changed so far.
async fn chunk(
    org: &Organisation,
    ctx: &Ctx,
    entries: &[LogEntry],
    undone: &mut Undone,
    touched: &mut HashSet<RecordId>,
    rights: Rights,
) -> Result<()> {
    for _ in 0..5 {
        let before = (undone.reverted, undone.conflicts.len());
        if let Some(changed) = attempt(org, ctx, entries, undone, touched, rights).await? {
            touched.extend(changed);
            return Ok(());
        }
        undone.reverted = before.0;
        undone.conflicts.truncate(before.1);
    }
    Err(Error::new(
        ErrorKind::Unavailable,
        "busy",
        "记录正被频繁修改，请重试。",
        "The records are being changed just now; please try again.",
    ))
}

/// Tries once and gives the records that it changed and that are still there; `None` if one changed under it.
async fn attempt(
    org: &Organisation,
    ctx: &Ctx,
    entries: &[LogEntry],
    undone: &mut Undone,
    touched: &HashSet<RecordId>,
    rights: Rights,
) -> Result<Option<Vec<RecordId>>> {
    let Planned { schema, changes, gone } = plan(org, ctx, entries, undone, touched, rights).await?;
    undone.reverted += changes.len() as u64;
    let changed = changes.iter().filter(|c| c.op != Op::Delete).map(|c| c.id).collect();
    Ok(commit(org, ctx, &schema, changes, &gone, undone.change_set, rights).await?.then_some(changed))
}

/// What takes some entries back.
struct Planned {
    schema: Arc<Schema>,
    changes: Vec<Change>,
    /// The records that go.
    gone: Vec<Row>,
}

/// Works out what takes some entries back, newest first, and checks the rights; conflicts are added to `undone`.
async fn plan(
    org: &Organisation,
    ctx: &Ctx,
    entries: &[LogEntry],
    undone: &mut Undone,
    touched: &HashSet<RecordId>,
    rights: Rights,
) -> Result<Planned> {
    let schema = org.schema();
    let of = |deleted: bool| entries.iter().filter(|e| (e.op == Op::Delete) == deleted).map(|e| e.id).collect::<HashSet<RecordId>>();
    let mut live = rows(org, ctx, &schema, &of(false), false, rights).await?;
    let mut binned = rows(org, ctx, &schema, &of(true), true, rights).await?;
    let elsewhere: HashSet<RecordId> = of(true).into_iter().filter(|id| !binned.contains_key(id)).collect();
    let back = rows(org, ctx, &schema, &elsewhere, false, rights).await?;
    let policy = Policy::of(ctx, &schema);
    let owners: HashMap<RecordId, Option<RecordId>> = live.iter().map(|(id, row)| (*id, row.owner())).collect();
    let mut changes: Vec<Change> = Vec::new();
    let mut gone: Vec<Row> = Vec::new();
    for entry in entries {
        let id = schema.id_text(entry.id);
        let mut conflict = |field: Option<String>, zh: &str, en: &str| {
            // A field that is hidden from the user is not named: of all of these together it is told that something stays.
            let field = field.filter(|name| schema.object_of(entry.id).is_some_and(|object| policy.shows(object, name)));
            let conflict = Conflict { id: id.clone(), field, reason: Label::new(zh, en) };
            if conflict.field.is_some() || !undone.conflicts.contains(&conflict) {
                undone.conflicts.push(conflict);
            }
        };
        let change = match entry.op {
            Op::Create | Op::Restore => match live.get(&entry.id) {
                Some(row)
                    if row.version() == entry.version
                        || touched.contains(&entry.id)
                        || changes.iter().any(|c| c.id == entry.id)
                        || is_as_created(&schema, row, entry) =>
                {
                    let change = build::bare(Op::Delete, row);
                    gone.extend(live.remove(&entry.id));
                    Some(change)
                }
                Some(_) => {
                    conflict(None, "此后已被修改，予以保留", "it was changed afterwards and stays");
                    None
                }
                None => None,
            },
            Op::Update => match live.get_mut(&entry.id) {
                Some(row) => {
                    let before = row.clone();
                    let change = revert(ctx, &schema, row, entry, &mut conflict);
                    if let Some(error) = (rights == Rights::Checked).then(|| build::check_owner(ctx, &schema, &before, row)).flatten() {
                        return Err(Error::forbidden(error.message.zh, error.message.en));
                    }
                    change
                }
                None => {
                    conflict(None, "此后已被删除，或者您无权查看", "it was deleted afterwards, or you may not see it");
                    None
                }
            },
            Op::Delete => match binned.remove(&entry.id) {
                Some(row) => Some(build::bare(Op::Restore, &row)),
                None if back.contains_key(&entry.id) => None,
                None => {
                    conflict(None, "已不在回收站，或者您无权查看", "it is no longer in the recycle bin, or you may not see it");
                    None
                }
            },
            Op::Purge => {
                conflict(None, "已彻底删除，无法恢复", "it is gone for good");
                None
            }
        };
        if let Some(change) = change {
            if rights == Rights::Checked {
                check_change(ctx, &schema, &change)?;
                check_fields(ctx, &schema, &change, owners.get(&change.id).copied().flatten())?;
            }
            changes.push(change);
        }
    }
    if rights == Rights::Checked {
        let unseen = unseen_targets(org, ctx, &schema, &changes).await?;
        changes.retain(|change| {
            let lost = targets(&schema, change).find(|(_, target)| unseen.contains(target));
            if let Some((field, _)) = &lost {
                let shown = schema.object_of(change.id).is_some_and(|object| policy.shows(object, field));
                undone.conflicts.push(Conflict {
                    id: schema.id_text(change.id),
                    field: shown.then(|| field.clone()),
                    reason: Label::new(
                        "旧值所指的记录不存在，或者您无权查看",
                        "the record it pointed to does not exist, or you may not see it",
                    ),
                });
            }
            lost.is_none()
        });
    }
    Ok(Planned { schema, changes, gone })
}

/// The lookups that a change of a live record sets, and what they point at.
fn targets<'c>(schema: &'c Schema, change: &'c Change) -> impl Iterator<Item = (String, RecordId)> + 'c {
    let object = schema.object_of(change.id).filter(|_| change.op == Op::Update);
    let fields = object.into_iter().flat_map(|object| object.fields.iter()).filter(|f| f.def.ty.is_reference());
    fields.filter_map(|field| {
        let column = &field.columns.first()?.name;
        let cell = change.values.iter().find(|(name, _)| name == column)?;
        Some((field.name().to_owned(), RecordId(cell.1.as_int()?)))
    })
}

/// What lookups would point at that is not there for the user: nobody gets to a record by a lookup that is set back to it.
async fn unseen_targets(org: &Organisation, ctx: &Ctx, schema: &Arc<Schema>, changes: &[Change]) -> Result<HashSet<RecordId>> {
    let back: HashSet<RecordId> = changes.iter().filter(|c| c.op == Op::Restore).map(|c| c.id).collect();
    let mut asked: HashMap<u16, Vec<RecordId>> = HashMap::new();
    for (_, target) in changes.iter().flat_map(|change| targets(schema, change)) {
        if target != ctx.user && !back.contains(&target) {
            asked.entry(target.object()).or_default().push(target);
        }
    }
    let mut unseen = HashSet::new();
    for (no, ids) in asked {
        let seen = match schema.by_no(no) {
            Some(object) => crate::changes::existing(org, ctx, object, &ids, false).await?,
            None => Vec::new(),
        };
        unseen.extend(ids.into_iter().filter(|id| !seen.contains(id)));
    }
    Ok(unseen)
}

/// What is set back must be fields that the user may write in a record of its owner at the beginning.
fn check_fields(ctx: &Ctx, schema: &Schema, change: &Change, owner: Option<RecordId>) -> Result<()> {
    let policy = Policy::of(ctx, schema);
    let Some(object) = schema.object_of(change.id).filter(|object| policy.restricts_fields(object)) else { return Ok(()) };
    let writable = |field: &String| policy.field(object, field).edit.is_some_and(|scope| policy.owners(scope).has(owner));
    if change.op != Op::Update || change.fields.iter().all(writable) {
        return Ok(());
    }
    Err(Error::forbidden("其中有您无权修改的字段，不能撤销。", "This changed fields that you may not change; you cannot undo it."))
}

/// Whether a record has all the values it was created with and no others: changes that were taken back do not count. Fields that the
/// product sets itself are not looked at.
fn is_as_created(schema: &Schema, row: &Row, entry: &LogEntry) -> bool {
    let Ok(Value::Object(made)) = serde_json::from_str::<Value>(&entry.diff) else { return false };
    let own = |f: &guanxi_model::Field| (!f.system || f.name() == "owner_id") && !f.def.read_only;
    entry.op == Op::Create
        && row.object.fields.iter().zip(&row.cells).filter(|(f, _)| own(f)).all(|(field, cells)| {
            let now = guanxi_model::render::value(schema, &field.def.ty, cells);
            match made.get(field.name()) {
                Some(then) => *then == now,
                None => now.is_null() || now == Value::Bool(false),
            }
        })
}

/// Sets the old values back, field by field, where the new one still stands.
fn revert(
    ctx: &Ctx,
    schema: &Schema,
    row: &mut Row,
    entry: &LogEntry,
    conflict: &mut impl FnMut(Option<String>, &str, &str),
) -> Option<Change> {
    let Ok(Value::Object(diff)) = serde_json::from_str::<Value>(&entry.diff) else { return None };
    let mut back = row.clone();
    for (name, pair) in diff {
        let (Some(field), Some([old, new])) = (row.object.field(&name), pair.as_array().map(Vec::as_slice)) else { continue };
        let shown = guanxi_model::render::value(schema, &field.def.ty, row.get(&name));
        if shown == *old {
            continue;
        }
        if shown != *new {
            conflict(Some(name), "此后已被修改，予以保留", "it was changed afterwards and stays");
            continue;
        }
        match normalise::cells(schema, &row.object, field, old) {
            Ok(cells) => back.set(&name, cells),
            Err(_) => conflict(Some(name), "旧值已不再有效", "the old value is no longer valid"),
        }
    }
    let built = build::difference(ctx, schema, row, back);
    *row = built.row;
    built.change
}

async fn commit(
    org: &Organisation,
    ctx: &Ctx,
    schema: &Arc<Schema>,
    changes: Vec<Change>,
    gone: &[Row],
    set: i64,
    rights: Rights,
) -> Result<bool> {
    if changes.is_empty() {
        return Ok(true);
    }
    let own: HashSet<RecordId> = changes.iter().map(|c| c.id).collect();
    let mut more = Vec::new();
    let going: HashSet<RecordId> = gone.iter().map(Row::id).collect();
    let mut by_object: HashMap<u16, Vec<&Row>> = HashMap::new();
    for row in gone {
        by_object.entry(row.object.no).or_default().push(row);
    }
    for rows in by_object.values() {
        let consequences = delete::consequences(org, ctx, schema, rows, &going).await?;
        more.extend(consequences.changes.into_iter().filter(|c| !own.contains(&c.id)));
    }
    let set = ChangeSet {
        id: set,
        user: ctx.user,
        door: ctx.door,
        at: ctx.now_us,
        changes,
        guards: Vec::new(),
        idempotency: None,
        jobs: Vec::new(),
    };
    let authorized = match rights {
        Rights::Checked => authorize_with_consequences(ctx, schema, set, more)?,
        Rights::Product => product_change(Purpose::Consistency, set),
    };
    match org.commit(schema, authorized).await {
        Ok(_) => Ok(true),
        Err(WriteError::Version { .. } | WriteError::Gone { .. }) => Ok(false),
        Err(WriteError::Duplicate { column, .. }) => Err(Error::new(
            ErrorKind::Conflict,
            "duplicate",
            format!("已有另一条记录使用相同的“{column}”，不能撤销。"),
            format!("Another record has the same {column} now, so this cannot be undone."),
        )),
        Err(other) => Err(other.into_error()),
    }
}

async fn rows(
    org: &Organisation,
    ctx: &Ctx,
    schema: &Schema,
    ids: &HashSet<RecordId>,
    deleted: bool,
    rights: Rights,
) -> Result<HashMap<RecordId, Row>> {
    let mut found = HashMap::new();
    for object in schema.objects() {
        let own: Vec<Literal> = ids.iter().filter(|id| id.object() == object.no).map(|id| Literal::Id(id.0)).collect();
        for chunk in own.chunks(1_000) {
            let mut query = Query::fields(object.name(), &read::field_names(object)).and(Expr::In("id".into(), chunk.to_vec(), false));
            query.deleted = deleted;
            let page = Page { limit: chunk.len() as u32, ..Page::default() };
            let rows = match rights {
                Rights::Checked => read::before_writing(org, ctx, query, &page).await?,
                Rights::Product => org.store().select(ctx, schema, &on_behalf_of_product(Purpose::Consistency, query), &page).await?,
            };
            let mut rows = Row::from_page(object, &rows);
            if rights == Rights::Checked {
                shared::mark(org, ctx, rows.iter_mut(), deleted).await?;
            }
            found.extend(rows.into_iter().map(|r| (r.id(), r)));
        }
    }
    Ok(found)
}
