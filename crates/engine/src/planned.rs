//! Queries that are planned once for a user and run many times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use guanxi_model::{Colleagues, Ctx, Entry, Object, ObjectNo, RecordId, Result, Schema};
use guanxi_store::ById;

/// What a planned query is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// A record with all its fields.
    Whole,
    /// Records that a search has found, with what is shown and looked through of them.
    Found,
}

/// Planned queries, by user, roles, object and purpose. They are good for one schema, which holds roles and settings too: with another
/// one all are forgotten.
#[derive(Default)]
pub(crate) struct PlannedQueries(Mutex<Planned>);

/// The schema they were planned with, and for each user, object and purpose whose rights the query holds.
type Planned = (Weak<Schema>, HashMap<(RecordId, ObjectNo, Purpose), (Rights, Arc<ById>)>);

/// What a user's rights are made of.
struct Rights {
    role: String,
    permission_sets: Arc<[String]>,
    colleagues: Arc<Colleagues>,
}

impl Rights {
    fn of(ctx: &Ctx) -> Rights {
        Rights { role: ctx.role.clone(), permission_sets: Arc::clone(&ctx.permission_sets), colleagues: Arc::clone(&ctx.colleagues) }
    }

    fn are_those_of(&self, ctx: &Ctx) -> bool {
        self.role == ctx.role
            && self.permission_sets == ctx.permission_sets
            && (Arc::ptr_eq(&self.colleagues, &ctx.colleagues) || self.colleagues == ctx.colleagues)
    }
}

/// The most planned queries kept.
const MAX_PLANNED: usize = 10_000;

impl PlannedQueries {
    /// The kept query, or the one that `plan` makes, which is kept.
    pub(crate) fn get_or_plan(
        &self,
        schema: &Arc<Schema>,
        ctx: &Ctx,
        object: &Object,
        purpose: Purpose,
        plan: impl FnOnce() -> Result<ById>,
    ) -> Result<Arc<ById>> {
        if matches!(ctx.entry, Entry::Token(_)) {
            // A token carries less than its user has: what is planned for one is not for the other.
            return plan().map(Arc::new);
        }
        let key = (ctx.user, object.no, purpose);
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !std::ptr::eq(kept.0.as_ptr(), Arc::as_ptr(schema)) || kept.1.len() > MAX_PLANNED {
                *kept = (Arc::downgrade(schema), HashMap::new());
            }
            if let Some((_, known)) = kept.1.get(&key).filter(|(rights, _)| rights.are_those_of(ctx)) {
                return Ok(Arc::clone(known));
            }
        }
        let planned = Arc::new(plan()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::ptr::eq(kept.0.as_ptr(), Arc::as_ptr(schema)) {
            kept.1.insert(key, (Rights::of(ctx), Arc::clone(&planned)));
        }
        Ok(planned)
    }
}
