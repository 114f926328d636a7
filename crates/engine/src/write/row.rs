//! A record in memory: the cells of each of its object's fields.

use std::borrow::Cow;
use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::change::Shared;
use guanxi_model::mask::mask;
use guanxi_model::render::{string, write_value};
use guanxi_model::{Cell, Ctx, Field, Object, RecordId, Schema};
use guanxi_query::PageRows;

/// A record, with all fields of its object.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The object.
    pub object: Arc<Object>,
    /// For each of `object.fields`, its cells.
    pub cells: Vec<Vec<Cell>>,
    /// What the user may do with it whoever owns it; see [`super::shared`].
    pub shared: Shared,
}

impl Row {
    /// A record without values.
    pub fn empty(object: &Arc<Object>) -> Row {
        let blank = |f: &guanxi_model::Field| match f.def.ty {
            guanxi_model::meta::FieldType::Boolean => vec![Cell::Bool(false)],
            _ => vec![Cell::Null; f.columns.len()],
        };
        Row { object: Arc::clone(object), cells: object.fields.iter().map(blank).collect(), shared: Shared::default() }
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
                Row { object: Arc::clone(object), cells: object.fields.iter().map(take).collect(), shared: Shared::default() }
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

    /// The fields that a user sees, with what the user sees of their values.
    pub fn shown<'a>(&'a self, ctx: &'a Ctx, schema: &'a Schema) -> impl Iterator<Item = (&'a Field, Cow<'a, [Cell]>)> {
        let policy = Policy::of(ctx, schema);
        let restricted = policy.restricts_fields(&self.object);
        self.object.fields.iter().zip(&self.cells).filter_map(move |(field, cells)| {
            let whole = Some((field, Cow::Borrowed(cells.as_slice())));
            if !restricted {
                return whole;
            }
            let reach = policy.field(&self.object, field.name());
            if reach.read.is_some_and(|scope| policy.owners(scope).has(self.owner())) {
                return whole;
            }
            let mut part = cells.clone();
            match reach.masked {
                true => mask(&field.def.ty, &mut part),
                false => part.fill(Cell::Null),
            }
            (!reach.is_hidden()).then_some((field, Cow::Owned(part)))
        })
    }

    /// The record as the API shows it to a user.
    pub fn json(&self, ctx: &Ctx, schema: &Schema) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.push(b'{');
        for (i, (field, cells)) in self.shown(ctx, schema).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            string(&mut out, field.name());
            out.push(b':');
            write_value(&mut out, schema, &field.def.ty, &cells);
        }
        out.push(b'}');
        out
    }
}
