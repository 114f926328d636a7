//! The transaction of a list of operations: its change set with guards and consequences, and what a refusal of the store means.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::authorize_with_consequences;
use guanxi_model::change::{Change, ChangeSet, Guard, Idempotency, Op};
use guanxi_model::{Cell, Error, ErrorKind, RecordId, Result};
use guanxi_store::WriteError;

use super::checks::{duplicate, no_target};
use super::{Batch, Written};
use crate::write::delete;
use crate::write::row::Row;

impl Batch<'_> {
    /// Commits what was built; `None` if it has to be built again.
    pub(super) async fn commit(&mut self) -> Result<Option<Written>> {
        loop {
            let (set, places) = self.change_set().await?;
            let id = set.id;
            if set.changes.is_empty() {
                return Ok(Some(self.written(id, 0)));
            }
            let consequences = self.consequences(&set).await?;
            let mut set = set;
            set.guards.extend(consequences.guards);
            let authorized = authorize_with_consequences(self.ctx, &self.schema, set, consequences.changes)?;
            match self.org.commit(&self.schema, authorized).await {
                Ok(committed) => return Ok(Some(self.written(id, committed.last_seq))),
                Err(error) => {
                    let place = |change: usize| places.get(change).copied();
                    match self.refused(error, place).await? {
                        Refusal::Retry => return Ok(None),
                        Refusal::Dropped => {
                            self.stop_on_failure()?;
                            if self.built_on_sand {
                                return Ok(None);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The change set of what is left, and the operation of each of its changes.
    async fn change_set(&self) -> Result<(ChangeSet, Vec<usize>)> {
        let id = self.options.change_set.unwrap_or_else(|| self.org.random().positive_i64());
        let mut changes: Vec<Change> = Vec::with_capacity(self.built.len());
        let mut places = Vec::with_capacity(self.built.len());
        let mut guards = Vec::new();
        let own: HashSet<RecordId> = self.built.iter().map(|(_, b)| b.row.id()).collect();
        for (place, built) in &self.built {
            let Some(change) = &built.change else { continue };
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                if let (true, Some(Cell::Int(target))) = (field.def.ty.is_reference(), built.row.cells[*i].first())
                    && !own.contains(&RecordId(*target))
                {
                    guards.push(Guard::Exists { change: changes.len(), field: field.name().to_owned(), target: RecordId(*target) });
                }
            }
            places.push(*place);
            changes.push(change.clone());
        }
        let idempotency =
            self.options.idempotency.as_ref().and_then(|(key, hash)| {
                self.answer().map(|(status, body)| Idempotency { key: key.clone(), hash: hash.clone(), status, body })
            });
        Ok((
            ChangeSet { id, user: self.ctx.user, door: self.ctx.door, at: self.ctx.now_us, changes, guards, idempotency, jobs: Vec::new() },
            places,
        ))
    }

    /// What a single operation will be answered with, for the replay.
    fn answer(&self) -> Option<(u16, String)> {
        let (_, built) = self.built.first()?;
        let op = built.change.as_ref().map_or(Op::Update, |c| c.op);
        let body = String::from_utf8(built.row.json(self.ctx, &self.schema)).unwrap_or_default();
        Some(match op {
            Op::Create => (201, body),
            Op::Delete => (204, String::new()),
            _ => (200, body),
        })
    }

    async fn consequences(&self, set: &ChangeSet) -> Result<delete::Consequences> {
        let mut all = delete::Consequences::default();
        let mut roots: HashMap<u16, Vec<(usize, &Row)>> = HashMap::new();
        let changed = self.built.iter().filter(|(_, b)| b.change.is_some());
        for (index, (_, built)) in changed.enumerate() {
            if set.changes.get(index).is_some_and(|c| c.op == Op::Delete) {
                roots.entry(built.row.object.no).or_default().push((index, &built.row));
            }
        }
        let going: HashSet<RecordId> = set.changes.iter().filter(|c| c.op == Op::Delete).map(|c| c.id).collect();
        for group in roots.values() {
            let rows: Vec<&Row> = group.iter().map(|(_, r)| *r).collect();
            let mut more = delete::consequences(self.org, self.ctx, &self.schema, &rows, &going).await?;
            for guard in &mut more.guards {
                if let Guard::Unreferenced { change, .. } = guard {
                    *change = group[*change].0;
                }
            }
            let roots: HashSet<RecordId> = set.changes.iter().map(|c| c.id).collect();
            all.changes.extend(more.changes.into_iter().filter(|c| !roots.contains(&c.id)));
            all.guards.extend(more.guards);
        }
        Ok(all)
    }

    async fn refused(&mut self, error: WriteError, place: impl Fn(usize) -> Option<usize>) -> Result<Refusal> {
        let of = |change: usize| place(change).ok_or_else(|| Error::internal("a consequence was refused"));
        match error {
            WriteError::Version { .. } | WriteError::Gone { .. } => return Ok(Refusal::Retry),
            WriteError::Duplicate { change, column } => {
                let place = of(change)?;
                let Some((_, built)) = self.built.iter().find(|(p, _)| *p == place) else { return Ok(Refusal::Retry) };
                let object = Arc::clone(&built.row.object);
                let field = object
                    .fields
                    .iter()
                    .find(|f| f.columns.iter().any(|c| c.name == column))
                    .map_or(column.as_str(), guanxi_model::Field::name)
                    .to_owned();
                self.fail(place, Error::field(duplicate(&object, &field)));
            }
            WriteError::Missing { change, field } => {
                let place = of(change)?;
                self.fail(place, Error::field(no_target(&field)));
            }
            WriteError::Referenced { .. } => return Ok(Refusal::Retry),
            WriteError::IdempotencyKey => return Ok(Refusal::Retry),
            WriteError::Other(error) => return Err(error),
        }
        Ok(Refusal::Dropped)
    }

    /// The answer that an earlier request with this key got, if there was one.
    pub(super) async fn replay(&self) -> Result<Option<Written>> {
        let Some((key, hash)) = &self.options.idempotency else { return Ok(None) };
        let Some(found) = self.org.store().idempotency(self.ctx.user, key).await? else { return Ok(None) };
        if &found.hash != hash {
            return Err(Error::new(
                ErrorKind::Conflict,
                "idempotency_key_reused",
                "此 Idempotency-Key 已用于另一请求内容。",
                "This Idempotency-Key was used with another request body.",
            ));
        }
        Ok(Some(Written { change_set: 0, outcomes: Vec::new(), last_seq: 0, replay: Some((found.status, found.body)) }))
    }
}

enum Refusal {
    Retry,
    Dropped,
}
