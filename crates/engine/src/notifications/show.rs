//! Notifications as their reader may see them.

use std::collections::{HashMap, HashSet};

use guanxi_access::Policy;
use guanxi_model::render::time_text;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::sys;
use serde::Serialize;

use super::{Body, Kind};
use crate::changes::{Person, people};
use crate::jobs::{self, Job};
use crate::{Organisation, read, timeline};

/// The most that are counted as unread.
pub const COUNTED: u32 = 100;

/// Pages looked through for one answer, when many are hidden.
const PAGES: usize = 10;

/// A notification as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// Id, a decimal number.
    pub id: String,
    /// Why.
    pub kind: Kind,
    /// When, RFC 3339.
    pub at: String,
    /// Whether it was read.
    pub read: bool,
    /// Who did it.
    pub by: Option<Person>,
    /// `create`, `update`, `delete` or `restore`.
    pub op: Option<String>,
    /// The record's object.
    pub object: Option<String>,
    /// The record's id.
    pub record_id: Option<String>,
    /// Its name now.
    pub record_name: Option<String>,
    /// What the record itself is about, for activities: where to read on.
    pub about_id: Option<String>,
    /// Whether it is in the recycle bin.
    pub deleted: bool,
    /// Labels of the changed fields.
    pub fields: Vec<String>,
    /// What was done about the record: an object's name.
    pub activity: Option<String>,
    /// The job.
    pub job: Option<Job>,
}

/// A page of notifications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct List {
    /// Newest first.
    pub notifications: Vec<Shown>,
    /// Where to go on.
    pub next: Option<String>,
    /// How many are unread, 100 at most.
    pub unread: u32,
}

/// The signed-in user's notifications before a place, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(org: &Organisation, ctx: &Ctx, before: Option<&str>, only_unread: bool, limit: u32) -> Result<List> {
    let mut before = before.and_then(|b| b.parse::<i64>().ok());
    let limit = limit.clamp(1, 100);
    let mut notifications = Vec::new();
    let mut more = false;
    for _ in 0..PAGES {
        let page = org.store().notifications(ctx.user, before, only_unread, limit).await?;
        more = page.len() == limit as usize;
        before = page.last().map(|n| n.id).or(before);
        notifications.extend(show(org, ctx, page).await?);
        if !more || notifications.len() >= limit as usize {
            break;
        }
    }
    if notifications.len() > limit as usize {
        notifications.truncate(limit as usize);
        more = true;
    }
    let next = if more { notifications.last().map(|n: &Shown| n.id.clone()).or(before.map(|b| b.to_string())) } else { None };
    Ok(List { notifications, next, unread: unread(org, ctx).await? })
}

/// How many of the signed-in user's newest [`COUNTED`] unread notifications there are to be seen.
///
/// # Errors
/// Those of the store.
pub async fn unread(org: &Organisation, ctx: &Ctx) -> Result<u32> {
    let page = org.store().notifications(ctx.user, None, true, COUNTED).await?;
    Ok(show(org, ctx, page).await?.len() as u32)
}

/// A record as a notification names it.
struct Seen {
    name: Option<String>,
    about: Option<RecordId>,
    deleted: bool,
}

async fn show(org: &Organisation, ctx: &Ctx, page: Vec<sys::Notification>) -> Result<Vec<Shown>> {
    let schema = org.schema();
    let bodies: Vec<Body> = page.iter().map(|n| serde_json::from_str(&n.body).unwrap_or_default()).collect();
    let people = people(org, ctx, bodies.iter().map(|b| RecordId(b.by)).filter(|id| id.0 != 0)).await?;
    let done = bodies.iter().filter_map(|b| b.done).map(RecordId);
    let seen = seen(org, ctx, &schema, page.iter().map(|n| n.record).chain(done).filter(|id| id.0 != 0).collect()).await?;
    let policy = Policy::of(ctx, &schema);
    let mut shown = Vec::with_capacity(page.len());
    for (n, body) in page.into_iter().zip(bodies) {
        let Some(kind) = Kind::parse(&n.kind) else { continue };
        if body.done.is_some_and(|id| !seen.contains_key(&RecordId(id))) {
            continue;
        }
        let by = people.get(&RecordId(body.by)).cloned();
        let mut one = Shown {
            id: n.id.to_string(),
            kind,
            at: time_text(n.at),
            read: n.read_at.is_some(),
            by,
            op: Some(body.op.clone()).filter(|op| !op.is_empty()),
            object: None,
            record_id: None,
            record_name: None,
            about_id: None,
            deleted: false,
            fields: Vec::new(),
            activity: body.activity.clone().filter(|name| schema.object(name).is_some()),
            job: None,
        };
        if let Some(job) = body.job {
            let Some(job) = ended(org, ctx, job).await? else { continue };
            one.job = Some(job);
        } else {
            let (Some(record), Some(object)) = (seen.get(&n.record), schema.object_of(n.record)) else { continue };
            let label =
                |name: &String| object.field(name).filter(|f| policy.shows(object, f.name())).map(|f| f.def.label.get(ctx.lang).to_owned());
            one.fields = body.fields.iter().filter_map(label).collect();
            one.object = Some(object.name().to_owned());
            one.record_id = Some(object.id_text(n.record));
            (one.record_name, one.deleted) = (record.name.clone(), record.deleted);
            one.about_id = record.about.map(|id| schema.id_text(id));
        }
        shown.push(one);
    }
    Ok(shown)
}

async fn ended(org: &Organisation, ctx: &Ctx, job: i64) -> Result<Option<Job>> {
    match jobs::get(org, ctx, &job.to_string()).await {
        Ok(job) => Ok(Some(job)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the reader may see of records, live or in the recycle bin.
async fn seen(org: &Organisation, ctx: &Ctx, schema: &Schema, ids: HashSet<RecordId>) -> Result<HashMap<RecordId, Seen>> {
    let mut by_object: HashMap<u16, Vec<RecordId>> = HashMap::new();
    for id in ids {
        by_object.entry(id.object()).or_default().push(id);
    }
    let mut seen = HashMap::new();
    for (no, ids) in by_object {
        let Some(object) = schema.by_no(no) else { continue };
        for deleted in [false, true] {
            let wanted: Vec<Literal> = ids.iter().filter(|id| !seen.contains_key(*id)).map(|id| Literal::Id(id.0)).collect();
            if !wanted.is_empty() {
                seen.extend(names(org, ctx, object, wanted, deleted).await?);
            }
        }
    }
    Ok(seen)
}

async fn names(org: &Organisation, ctx: &Ctx, object: &Object, ids: Vec<Literal>, deleted: bool) -> Result<Vec<(RecordId, Seen)>> {
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let about = object.field(timeline::ABOUT).map(|f| f.name()).filter(|name| policy.shows(object, name));
    let fields: Vec<&str> = ["id", object.name_field().name()].into_iter().chain(about).collect();
    let page = Page { limit: ids.len() as u32, ..Page::default() };
    let mut query = Query::fields(object.name(), &fields).and(Expr::In("id".into(), ids, false));
    query.deleted = deleted;
    let rows = match read::run(org, ctx, query, &page).await {
        Ok(rows) => rows,
        Err(Error { kind: ErrorKind::Forbidden, .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let one = |row: &[Cell]| {
        let id = RecordId(row.first()?.as_int()?);
        let name = row.get(1).and_then(Cell::as_text).map(str::to_owned);
        Some((id, Seen { name, about: about.and(row.get(2)).and_then(Cell::as_int).map(RecordId), deleted }))
    };
    Ok(rows.rows().filter_map(one).collect())
}
