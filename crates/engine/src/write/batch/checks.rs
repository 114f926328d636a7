//! What a list of operations must not contradict: records that lookups point at, values that must be unique.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::{Owners, Policy, Purpose, on_behalf_of_product};
use guanxi_model::{Cell, Error, ErrorKind, FieldError, Object, RecordId, Result};
use guanxi_query::Query;
use guanxi_query::tree::{Expr, Literal};

use super::{Batch, CHUNK, all_of, cell_literal};
use crate::read;

/// An operation that wants a unique value for a record.
type Claim = (usize, Cell, RecordId);

impl Batch<'_> {
    /// The records that lookups point at must exist and be visible to the user.
    pub(super) async fn check_references(&mut self) -> Result<()> {
        let mut wanted: HashMap<u16, HashSet<RecordId>> = HashMap::new();
        for (_, target) in self.references() {
            if !self.rows.contains_key(&target.2) && target.2 != self.ctx.user {
                wanted.entry(target.2.object()).or_default().insert(target.2);
            }
        }
        let mut missing: HashSet<RecordId> = HashSet::new();
        for (no, ids) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let policy = Policy::of(self.ctx, &self.schema);
            if policy.readable(&object) == Some(Owners::All) && !self.options.dry_run {
                continue; // Whether it exists is the guard's question, asked in the transaction.
            }
            let ids: Vec<RecordId> = ids.into_iter().collect();
            for chunk in ids.chunks(CHUNK) {
                let query = Query::fields(object.name(), &["id"]).and(Expr::In(
                    "id".into(),
                    chunk.iter().map(|id| Literal::Id(id.0)).collect(),
                    false,
                ));
                let found: HashSet<i64> = match read::run(self.org, self.ctx, query, &all_of(chunk.len())).await {
                    Ok(rows) => rows.rows().filter_map(|r| r.first().and_then(Cell::as_int)).collect(),
                    Err(error) if error.kind == ErrorKind::Forbidden => HashSet::new(),
                    Err(error) => return Err(error),
                };
                missing.extend(chunk.iter().filter(|id| !found.contains(&id.0)));
            }
        }
        for (place, (_, field, target)) in self.references() {
            if missing.contains(&target) {
                self.fail(place, Error::field(no_target(&field)));
            }
        }
        Ok(())
    }

    /// Every reference that is set: operation, (index in `built`, field, target).
    fn references(&self) -> Vec<(usize, (usize, String, RecordId))> {
        let mut found = Vec::new();
        for (index, (place, built)) in self.built.iter().enumerate() {
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                if let (true, Some(Cell::Int(target))) = (field.def.ty.is_reference(), built.row.cells[*i].first()) {
                    found.push((*place, (index, field.name().to_owned(), RecordId(*target))));
                }
            }
        }
        found
    }

    /// Looks for values that must be unique, among the records there are and within the list. For a single operation the store's
    /// unique index says it.
    pub(super) async fn check_unique(&mut self) -> Result<()> {
        if self.operations.len() == 1 && !self.options.dry_run {
            return Ok(());
        }
        let mut wanted: HashMap<(u16, usize), Vec<Claim>> = HashMap::new();
        for (place, built) in &self.built {
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                let cell = built.row.cells[*i].first().unwrap_or(&Cell::Null);
                if field.def.is_unique() && !cell.is_null() {
                    wanted.entry((built.row.object.no, *i)).or_default().push((*place, cell.clone(), built.row.id()));
                }
            }
        }
        for ((no, field), entries) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let taken = self.taken(&object, field, &entries).await?;
            let mut here: HashMap<&Cell, RecordId> = HashMap::new();
            for (place, cell, id) in &entries {
                let other = taken.get(cell).copied().or_else(|| here.insert(cell, *id)).filter(|o| o != id);
                if other.is_some() {
                    self.fail(*place, Error::field(duplicate(&object, object.fields[field].name())));
                }
            }
        }
        Ok(())
    }

    async fn taken(&self, object: &Arc<Object>, field: usize, entries: &[Claim]) -> Result<HashMap<Cell, RecordId>> {
        let mut taken = HashMap::new();
        for chunk in entries.chunks(CHUNK) {
            let cells: Vec<Cell> = chunk.iter().map(|e| e.1.clone()).collect();
            let name = object.fields[field].name();
            let query = Query::fields(object.name(), &[name, "id"]).and(Expr::In(
                name.into(),
                cells.iter().filter_map(cell_literal).collect(),
                false,
            ));
            let query = on_behalf_of_product(Purpose::Uniqueness, query);
            let rows = self.org.store().select(self.ctx, &self.schema, &query, &all_of(chunk.len())).await?;
            let id_at = object.fields[field].columns.len();
            for row in rows.rows() {
                if let (Some(cell), Some(Cell::Int(id))) = (row.first(), row.get(id_at)) {
                    taken.insert(cell.clone(), RecordId(*id));
                }
            }
        }
        Ok(taken)
    }
}

pub(super) fn duplicate(object: &Object, field: &str) -> FieldError {
    let label = object.field(field).map(|f| f.def.label.clone()).unwrap_or_default();
    FieldError::new(
        field,
        "duplicate",
        format!("“{}”的值已被另一条{}使用", label.zh, object.def.label.zh),
        format!("another {} has this {} already", object.def.label.en, label.en),
    )
}

pub(super) fn no_target(field: &str) -> FieldError {
    FieldError::new(
        field,
        "no_such_record",
        "所指的记录不存在，或者您无权查看",
        "the record it points to does not exist, or you may not see it",
    )
}
