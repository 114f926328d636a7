//! A record in memory: the cells of each of its object's fields.

use std::sync::Arc;

use guanxi_model::render::{string, write_value};
use guanxi_model::{Cell, Object, RecordId, Schema};
use guanxi_query::PageRows;

/// A record, with all fields of its object.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The object.
    pub object: Arc<Object>,
    /// For each of `object.fields`, its cells.
    pub cells: Vec<Vec<Cell>>,
}

impl Row {
    /// A record without values.
    pub fn empty(object: &Arc<Object>) -> Row {
        let blank = |f: &guanxi_model::Field| match f.def.ty {
            guanxi_model::meta::FieldType::Boolean => vec![Cell::Bool(false)],
            _ => vec![Cell::Null; f.columns.len()],
        };
        Row { object: Arc::clone(object), cells: object.fields.iter().map(blank).collect() }
    }

    /// Records as a query for all fields of `object`, in their order, gives them.
    pub fn from_page(object: &Arc<Object>, rows: &PageRows) -> Vec<Row> {
        rows.rows()
            .map(|cells| {
                let mut rest = cells;
                let take = |f: &guanxi_model::Field| {
                    let (own, after) = rest.split_at(f.columns.len().min(rest.len()));
                    rest = after;
                    own.to_vec()
                };
                Row { object: Arc::clone(object), cells: object.fields.iter().map(take).collect() }
            })
            .collect()
    }

    /// The place of a field.
    pub fn index(&self, field: &str) -> Option<usize> {
        self.object.fields.iter().position(|f| f.name() == field)
    }

    /// The cells of a field.
    pub fn get(&self, field: &str) -> &[Cell] {
        self.index(field).map_or(&[], |i| self.cells[i].as_slice())
    }

    /// The first cell of a field.
    pub fn first(&self, field: &str) -> &Cell {
        self.get(field).first().unwrap_or(&Cell::Null)
    }

    /// Sets a field's cells; a field the object does not have is ignored.
    pub fn set(&mut self, field: &str, cells: Vec<Cell>) {
        if let Some(i) = self.index(field) {
            self.cells[i] = cells;
        }
    }

    /// The record's id.
    pub fn id(&self) -> RecordId {
        RecordId(self.first("id").as_int().unwrap_or(0))
    }

    /// The record's version.
    pub fn version(&self) -> i64 {
        self.first("version").as_int().unwrap_or(0)
    }

    /// The record's owner.
    pub fn owner(&self) -> Option<RecordId> {
        self.first("owner_id").as_int().map(RecordId)
    }

    /// The record as the API shows it.
    pub fn json(&self, schema: &Schema) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.push(b'{');
        for (i, (field, cells)) in self.object.fields.iter().zip(&self.cells).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            string(&mut out, field.name());
            out.push(b':');
            write_value(&mut out, schema, &field.def.ty, cells);
        }
        out.push(b'}');
        out
    }
}
