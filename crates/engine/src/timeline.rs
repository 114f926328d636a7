//! The timeline of a record: what people did about it (tasks, calls, notes …), its files and its changes, newest first.

use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::meta::FieldType;
use guanxi_model::render::{time_text, value};
use guanxi_model::{Ctx, Error, Object, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal, Order};
use guanxi_query::{Page, Query};
use serde::Serialize;
use serde_json::Value;

use crate::changes::{Change, Person, people, show};
use crate::write::Row;
use crate::{Organisation, read};

/// The lookup by which an object's records appear on the timeline of what they are about.
pub const ABOUT: &str = "related_to_id";

/// An entry of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// The object's name (`task`, `note`, `file` …), or `change`.
    pub kind: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: Option<Person>,
    /// The activity.
    pub record: Option<Value>,
    /// The change of the record itself.
    pub change: Option<Change>,
}

/// The timeline of a record before a cursor, and where to go on.
///
/// # Errors
/// 404 for a record the user may not see; 400 for a cursor that is none.
pub async fn timeline(
    org: &Organisation,
    ctx: &Ctx,
    object: &str,
    id: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<Item>, Option<String>)> {
    read::get(org, ctx, object, id, Some(&["id"])).await?;
    read::note(org, ctx, id, "timeline").await?;
    let schema = org.schema();
    let (about, id) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    let place = cursor.map(Place::parse).transpose()?.unwrap_or(Place { at: i64::MAX, key: i64::MAX });
    let mut found: Vec<(Place, Item, Option<RecordId>)> = Vec::new();
    for source in schema.objects().iter().filter(|o| appears(o, about)) {
        found.extend(activities(org, ctx, source, id, place, limit + 1).await?);
    }
    found.extend(own_changes(org, ctx, id, place, limit + 1).await?);
    found.sort_by_key(|f| std::cmp::Reverse(f.0));
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|f| f.0.text()) } else { None };
    let names = people(org, ctx, found.iter().filter_map(|f| f.2)).await?;
    let items = found
        .into_iter()
        .map(|(_, item, by)| Item { by: item.by.clone().or_else(|| by.and_then(|b| names.get(&b).cloned())), ..item })
        .collect();
    Ok((items, next))
}

/// A place on the timeline: the time, then the record id or the log's sequence number, so that equal times keep an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: i64,
    key: i64,
}

impl Place {
    fn text(self) -> String {
        format!("{}.{}", self.at, self.key)
    }

    fn parse(text: &str) -> Result<Place> {
        let parsed = text.split_once('.').and_then(|(at, key)| Some(Place { at: at.parse().ok()?, key: key.parse().ok()? }));
        parsed.ok_or_else(|| Error::bad_request("bad_cursor", "分页游标无效。", "The cursor is not one of this list."))
    }
}

fn appears(source: &Object, about: &Object) -> bool {
    source.field(ABOUT).is_some_and(|f| matches!(&f.def.ty, FieldType::Lookup { to, .. } if to.iter().any(|t| t == about.name())))
}

async fn activities(
    org: &Organisation,
    ctx: &Ctx,
    source: &Arc<Object>,
    about: RecordId,
    place: Place,
    limit: u32,
) -> Result<Vec<(Place, Item, Option<RecordId>)>> {
    let at = Literal::DateTime(time_text(place.at.min(253_402_207_200_000_000)));
    let schema = org.schema();
    if !Policy::of(ctx, &schema).field(source, ABOUT).is_open() {
        return Ok(Vec::new());
    }
    let mut query = Query::fields(source.name(), &read::field_names(source))
        .and(Expr::Compare(ABOUT.into(), Comparison::Eq, Literal::Id(about.0)))
        .and(Expr::Or(vec![
            Expr::Compare("created_at".into(), Comparison::Lt, at.clone()),
            Expr::And(vec![
                Expr::Compare("created_at".into(), Comparison::Eq, at),
                Expr::Compare("id".into(), Comparison::Lt, Literal::Id(place.key)),
            ]),
        ]));
    query.order = ["created_at", "id"].map(|p| Order { path: p.into(), desc: true, nulls_last: None }).to_vec();
    let rows = match read::before_writing(org, ctx, query, &Page { limit, ..Page::default() }).await {
        Ok(rows) => Row::from_page(source, &rows),
        Err(error) if error.kind == guanxi_model::ErrorKind::Forbidden => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let at = row.first("created_at").as_int().unwrap_or(0);
            let by = row.first("created_by_id").as_int().map(RecordId);
            let record = row.shown(ctx, &schema).map(|(f, cells)| (f.name().to_owned(), value(&schema, &f.def.ty, &cells)));
            let item = Item {
                kind: source.name().to_owned(),
                at: time_text(at),
                by: None,
                record: Some(Value::Object(record.collect())),
                change: None,
            };
            (Place { at, key: row.id().0 }, item, by)
        })
        .collect())
}

async fn own_changes(
    org: &Organisation,
    ctx: &Ctx,
    id: RecordId,
    place: Place,
    limit: u32,
) -> Result<Vec<(Place, Item, Option<RecordId>)>> {
    let mut found = Vec::new();
    let mut before = None;
    // The log is in the order of the commits, nearly that of the times: pages are read until enough are old enough.
    loop {
        let entries = org.store().log_of_record(id, before, limit).await?;
        let Some(last) = entries.last() else { break };
        before = Some(last.seq);
        let full = entries.len() == limit as usize;
        let fitting: Vec<_> = entries.into_iter().filter(|e| Place { at: e.at, key: e.seq } < place).collect();
        found.extend(fitting);
        if !full || found.len() >= limit as usize {
            break;
        }
    }
    let places: Vec<Place> = found.iter().map(|e| Place { at: e.at, key: e.seq }).collect();
    let shown = show(org, ctx, &found).await?;
    Ok(places
        .into_iter()
        .zip(shown)
        .map(|(place, change)| {
            (
                place,
                Item { kind: "change".to_owned(), at: change.at.clone(), by: change.by.clone(), record: None, change: Some(change) },
                None,
            )
        })
        .collect())
}
