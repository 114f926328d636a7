//! What a list of operations needs to know first: the records it names, by id or by key.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_model::{Cell, Object, RecordId, Result};
use guanxi_query::Query;
use guanxi_query::tree::{Expr, Literal};

use super::{Batch, CHUNK, all_of, cell_literal, upsert_key};
use crate::read;
use crate::write::Operation;
use crate::write::row::Row;
use crate::write::shared;

impl Batch<'_> {
    /// Finds the records that upserts mean.
    pub(super) async fn load_keys(&mut self) -> Result<()> {
        let mut wanted: HashMap<(u16, usize), HashSet<Cell>> = HashMap::new();
        for place in 0..self.operations.len() {
            if let Operation::Upsert { object, key, values } = &self.operations[place] {
                match upsert_key(self.ctx, &self.schema, object, key, values) {
                    Ok((no, field, cell)) => drop(wanted.entry((no, field)).or_default().insert(cell)),
                    Err(error) => self.fail(place, error),
                }
            }
        }
        for ((no, field), cells) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let cells: Vec<Cell> = cells.into_iter().collect();
            for chunk in cells.chunks(CHUNK) {
                let query = fields_in(&object, field, chunk);
                let rows = read::before_writing(self.org, self.ctx, query, &all_of(chunk.len())).await?;
                let mut rows = Row::from_page(&object, &rows);
                shared::mark(self.org, self.ctx, rows.iter_mut(), false).await?;
                for row in rows {
                    self.keys.insert((no, field, row.cells[field].first().cloned().unwrap_or_default()), row.id());
                    self.rows.insert(row.id(), row);
                }
            }
        }
        Ok(())
    }

    /// Reads the records that updates and deletes name, as far as the user may see them.
    pub(super) async fn load_rows(&mut self) -> Result<()> {
        let mut wanted: HashMap<u16, Vec<RecordId>> = HashMap::new();
        for operation in self.operations {
            if let Operation::Update { id, .. } | Operation::Delete { id, .. } = operation {
                wanted.entry(id.object()).or_default().push(*id);
            }
        }
        for (no, ids) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            for chunk in ids.chunks(CHUNK) {
                let cells: Vec<Cell> = chunk.iter().map(|id| Cell::Int(id.0)).collect();
                let rows = read::before_writing(self.org, self.ctx, fields_in(&object, 0, &cells), &all_of(chunk.len())).await?;
                let mut rows = Row::from_page(&object, &rows);
                shared::mark(self.org, self.ctx, rows.iter_mut(), false).await?;
                self.rows.extend(rows.into_iter().map(|row| (row.id(), row)));
            }
        }
        Ok(())
    }
}

/// All fields of the records whose field has one of the values.
fn fields_in(object: &Arc<Object>, field: usize, cells: &[Cell]) -> Query {
    let name = object.fields[field].name();
    let is_id = field == 0;
    let literals = cells.iter().filter_map(|c| if is_id { c.as_int().map(Literal::Id) } else { cell_literal(c) }).collect();
    Query::fields(object.name(), &read::field_names(object)).and(Expr::In(name.into(), literals, false))
}
