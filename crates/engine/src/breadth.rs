//! How many records of an object are in a user's reach, roughly: it decides how the database looks for them, never which are found.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use guanxi_access::Authorized;
use guanxi_model::{Ctx, ObjectNo, RecordId, Result, Schema};
use guanxi_query::Query;
use guanxi_query::resolve::filter_paths;

use crate::Organisation;

/// Up to so many records are looked up first and then put in order; of more, the order finds the first page soon.
pub const FEW: u32 = 5_000;

/// How long a count is taken as it was, microseconds.
const KEPT_US: i64 = 60_000_000;

/// The most counts kept.
const MAX_KEPT: usize = 20_000;

/// What is known: by user and object, whether they are few, and until when.
pub(crate) struct Known {
    kept: Mutex<HashMap<(RecordId, ObjectNo), (bool, i64)>>,
    few: AtomicU32,
}

impl Default for Known {
    fn default() -> Known {
        Known { kept: Mutex::default(), few: AtomicU32::new(FEW) }
    }
}

/// Takes so many records for few, in the place of [`FEW`]: for tests of both ways to look for them.
pub fn count_as_few(org: &Organisation, few: u32) {
    org.breadth().few.store(few, Ordering::Relaxed);
    org.breadth().kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// The query with what is known of how many records of its object the user may read.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn weighed(org: &Organisation, ctx: &Ctx, schema: &Schema, query: Authorized<Query>) -> Result<Authorized<Query>> {
    let asked = query.get();
    let Some(object) = schema.object(&asked.object).filter(|_| !names_records(asked) && query.is_by_several_ways(schema)) else {
        return Ok(query);
    };
    let key = (ctx.user, object.no);
    let known = org.breadth().kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
    let few = match known.filter(|(_, until)| *until > ctx.now_us) {
        Some((few, _)) => few,
        None => {
            let few = org.breadth().few.load(Ordering::Relaxed);
            let few = org.store().count_in_reach(ctx, schema, &query, few + 1).await? <= i64::from(few);
            let mut kept = org.breadth().kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(key, (few, ctx.now_us + KEPT_US));
            few
        }
    };
    Ok(query.with_few(few))
}

/// Whether the query is about records given by id, which are found soon in any way.
fn names_records(query: &Query) -> bool {
    let mut paths = Vec::new();
    if let Some(filter) = &query.filter {
        filter_paths(filter, &mut paths);
    }
    paths.iter().any(|path| path.segments == ["id"])
}
