//! Search over all objects. The index says which records might be meant; what is shown of them comes through the read door, and only
//! records in whose visible values the query is found are shown at all.

mod fields;
mod follow;
mod keeper;
mod load;
mod thread;

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::future::try_join_all;
use guanxi_access::{Owners, Policy, authorize_beside};
use guanxi_model::{Cell, Ctx, Error, Object, ObjectNo, Result};
use guanxi_query::Page;
use guanxi_search::{Found, Index, IndexError, Query, Reach};
use serde::Serialize;

pub use follow::{Follower, rebuild};
pub(crate) use keeper::Keeper;

use crate::Organisation;

/// How many records of an object are given where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 5;

/// The most records of an object.
pub const MAX_LIMIT: usize = 50;

/// The most records of an object that are looked at for one answer.
const MAX_LOOKED_AT: usize = 2_000;

/// The most records shared with a user that the index is told of; beyond, all that it finds are looked at.
const MAX_BESIDE: u32 = 20_000;

/// An index of up to so many records is asked where the request runs: that takes less time than to hand the work to another thread
/// and back.
const SMALL: u64 = 300_000;

/// Beyond the records asked for: one tells that there are more, the others stand in for records that have just gone.
const SPARE: usize = 4;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// Where a record has what was looked for, if not in its name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Highlight {
    /// API name of the field.
    pub field: String,
    /// The field's label in the reader's language.
    pub label: String,
    /// The text around it.
    pub pieces: Vec<Piece>,
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Record id.
    pub id: String,
    /// API name of the object.
    pub object: String,
    /// The record's name.
    pub name: String,
    /// The name with what was looked for.
    pub name_pieces: Vec<Piece>,
    /// A line that tells it from others of the same name; `null` where there is nothing to say.
    pub detail: Option<String>,
    /// Another place where it was found.
    pub highlight: Option<Highlight>,
}

/// The records of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// API name of the object.
    pub object: String,
    /// Its label in the reader's language.
    pub label: String,
    /// The best records.
    pub records: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// What a search gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// By object, the one with the best record first.
    pub groups: Vec<Group>,
    /// Whether all records could be looked through; `false` while the index is being made.
    pub complete: bool,
}

/// Searches. `objects` are API names, all objects if absent; `limit` counts records of one object.
///
/// # Errors
/// 404 for an object that does not exist; `unavailable` if the index cannot be read.
pub async fn find(org: &Organisation, ctx: &Ctx, text: &str, objects: Option<&[&str]>, limit: usize) -> Result<Answer> {
    let schema = org.schema();
    let asked: Vec<Arc<Object>> = match objects {
        Some(names) => names.iter().map(|name| schema.require(name).cloned()).collect::<Result<_>>()?,
        None => schema.objects().to_vec(),
    };
    let policy = Policy::of(ctx, &schema);
    let mut reach = BTreeMap::new();
    for object in &asked {
        if let Some(owners) = policy.readable(object) {
            reach.insert(object.no, reach_of(org, ctx, object, owners).await?);
        }
    }
    let (_, complete) = org.search().progress();
    let Some(index) = org.search().index() else { return Ok(Answer { groups: Vec::new(), complete: false }) };
    guanxi_search::warm_up();
    let search = Arc::new(Search { index, query: Query::parse(text), limit: limit.clamp(1, MAX_LIMIT) });
    let mut groups = search.groups(org, ctx, &reach, false).await?;
    let found: usize = groups.iter().map(|g| g.records.len()).sum();
    if found == 0 && search.query.may_be_mistyped() {
        groups = search.groups(org, ctx, &reach, true).await?;
    }
    Ok(Answer { groups, complete })
}

/// Which records of an object the index need look at. It only spares work: the read door decides.
async fn reach_of(org: &Organisation, ctx: &Ctx, object: &Object, owners: Owners) -> Result<Reach> {
    let schema = org.schema();
    let beside = match authorize_beside(ctx, &schema, object)? {
        None => {
            return Ok(match owners {
                Owners::All => Reach::All,
                Owners::Me(me) => Reach::Own(me),
                Owners::These(users) => Reach::OneOf(users),
            });
        }
        Some(query) => org.store().select(ctx, &schema, &query, &Page { limit: MAX_BESIDE, ..Page::default() }).await?,
    };
    let ids: HashSet<i64> = beside.rows().filter_map(|row| row.first().and_then(Cell::as_int)).collect();
    Ok(match owners {
        _ if beside.next.is_some() => Reach::All,
        Owners::All => Reach::All,
        Owners::Me(me) => Reach::OneOfOr(Arc::from([me.0]), Arc::new(ids)),
        Owners::These(users) => Reach::OneOfOr(users, Arc::new(ids)),
    })
}

struct Search {
    index: Index,
    query: Query,
    limit: usize,
}

impl Search {
    async fn groups(
        self: &Arc<Search>,
        org: &Organisation,
        ctx: &Ctx,
        reach: &BTreeMap<ObjectNo, Reach>,
        fuzzy: bool,
    ) -> Result<Vec<Group>> {
        let found = self.look(org, reach.clone(), fuzzy, self.limit + SPARE).await?;
        let groups = try_join_all(found.into_iter().map(|found| self.group(org, ctx, reach, fuzzy, found))).await?;
        Ok(groups.into_iter().flatten().collect())
    }

    /// Asks the index.
    async fn look(
        self: &Arc<Search>,
        org: &Organisation,
        reach: BTreeMap<ObjectNo, Reach>,
        fuzzy: bool,
        count: usize,
    ) -> Result<Vec<Found>> {
        let search = Arc::clone(self);
        let work = move || {
            // A damaged index may make the library panic.
            let searched = catch_unwind(AssertUnwindSafe(|| search.index.search(&search.query, fuzzy, &reach, count)));
            searched.unwrap_or_else(|_| Err(IndexError::Broken("the library panicked".to_owned())))
        };
        let looked = if self.index.len() <= SMALL { Ok(work()) } else { tokio::task::spawn_blocking(work).await };
        looked.unwrap_or_else(|error| Err(IndexError::System(error.to_string()))).map_err(|error| {
            if matches!(error, IndexError::Broken(_)) {
                org.search().report_damage();
            }
            unavailable(&error)
        })
    }

    /// The records of one object that the user may see and that have what was looked for; the index is asked for more while some of its
    /// records are neither.
    async fn group(
        self: &Arc<Search>,
        org: &Organisation,
        ctx: &Ctx,
        reach: &BTreeMap<ObjectNo, Reach>,
        fuzzy: bool,
        mut found: Found,
    ) -> Result<Option<Group>> {
        let schema = org.schema();
        let Some(object) = schema.by_no(found.object).cloned() else { return Ok(None) };
        let mut seen = 0;
        let mut records: Vec<Hit> = Vec::new();
        loop {
            while records.len() <= self.limit && seen < found.hits.len() {
                // The first time as many as are needed if all of them are to be shown.
                let most = if seen == 0 { self.limit + 1 } else { found.hits.len() };
                let ids: Vec<_> = found.hits[seen..].iter().take(most).map(|(id, _)| *id).collect();
                seen += ids.len();
                records.extend(load::hits(org, ctx, &object, &ids, &self.query, fuzzy).await?);
            }
            if records.len() > self.limit || !found.more || found.hits.len() >= MAX_LOOKED_AT {
                break;
            }
            let again: BTreeMap<_, _> = reach.get(&object.no).map(|reach| (object.no, reach.clone())).into_iter().collect();
            let Some(next) = self.look(org, again, fuzzy, (seen * 8).min(MAX_LOOKED_AT)).await?.pop() else { break };
            found = next;
        }
        let more = records.len() > self.limit;
        records.truncate(self.limit);
        if records.is_empty() {
            return Ok(None);
        }
        Ok(Some(Group { object: object.name().to_owned(), label: object.def.label.get(ctx.lang).to_owned(), records, more }))
    }
}

pub(super) fn unavailable(error: &IndexError) -> Error {
    Error::new(
        guanxi_model::ErrorKind::Unavailable,
        "search_unavailable",
        "搜索暂时不可用，索引正在重建，请稍后再试。",
        "Search is not available for a moment: its index is being made anew. Please try again shortly.",
    )
    .because(error)
}

/// How many entries of the change log are not in the index yet; `None` where this process has no index.
pub fn behind(org: &Organisation) -> Option<u64> {
    org.search().index()?;
    let (cursor, complete) = org.search().progress();
    let head = crate::changes::head(org);
    Some(if complete { head.saturating_sub(cursor).unsigned_abs() } else { head.unsigned_abs() })
}
