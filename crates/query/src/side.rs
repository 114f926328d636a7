//! SQL text for making an index on a large SQLite table without holding up writers. `CREATE INDEX` there is one long write transaction;
//! instead a *side table* gets the record's id and the indexed columns under an index of the same form, triggers keep it like the
//! table, and the rows that are there already are copied in slices. At the end the index's b-tree, which then has the very entries
//! that `CREATE INDEX` would have made, is handed over to the table by changing its row of `sqlite_schema`.

use guanxi_model::column::{Column, ColumnType};
use guanxi_model::{Field, Object};

use crate::dialect::{Dialect, quote};
use crate::index::{Index, IndexKind, condition, create_index, create_index_on};

/// What the names of side tables, their indexes and their triggers begin with; no object's name begins so.
pub const SIDE: &str = "sys_side_";

/// The triggers of a side table.
const EVENTS: [&str; 3] = ["insert", "update", "delete"];

/// A side table for one index.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    object: &'a Object,
    index: &'a Index,
    /// Columns of the index, and what its condition asks about, each with whether the table has it already.
    columns: Vec<(Column, bool)>,
    name: String,
}

impl<'a> Side<'a> {
    /// The side table number `number` for an index of an object; `fresh` are the columns that the table does not have yet.
    pub fn new(object: &'a Object, index: &'a Index, fresh: &[String], number: usize) -> Side<'a> {
        let known = |name: &str| object.fields.iter().flat_map(|f| &f.columns).find(|c| c.name == name).cloned();
        let mut columns: Vec<(Column, bool)> = Vec::new();
        for (name, _) in &index.columns {
            if let Some(column) = known(name).filter(|c| c.name != "id") {
                columns.push((column, !fresh.contains(name)));
            }
        }
        if columns.iter().all(|(c, _)| c.name != "deleted_at") {
            columns.push((Column { name: "deleted_at".to_owned(), part: "", ty: ColumnType::Timestamp }, true));
        }
        Side { object, index, columns, name: format!("{SIDE}{number}") }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether no record can be in the index: one of its columns is new, hence empty everywhere, and the index leaves empty ones out.
    pub fn is_empty(&self) -> bool {
        self.index.kind == IndexKind::Unique && self.columns.iter().any(|(c, there)| !there && c.ty != ColumnType::Boolean)
    }

    /// The statements that make the table with its index.
    pub fn make(&self) -> Vec<String> {
        let columns: String = self.columns.iter().map(|(c, _)| format!(", {} {}", quote(&c.name), definition(c))).collect();
        vec![
            format!("CREATE TABLE {} (\"id\" INTEGER PRIMARY KEY{columns}) STRICT", quote(&self.name)),
            create_index_on(&self.name, &self.index_name(), self.index, Dialect::Sqlite, false),
        ]
    }

    /// The statements that make the triggers.
    pub fn follow(&self) -> Vec<String> {
        let (table, side) = (quote(self.object.name()), quote(&self.name));
        let there: Vec<String> = self.there().map(quote).collect();
        let (names, new) = (list("", &there), list("new.", &there));
        let set: Vec<String> = there.iter().map(|c| format!("{c} = excluded.{c}")).collect();
        let put =
            format!("INSERT INTO {side} (\"id\"{names}) VALUES (new.\"id\"{new}) ON CONFLICT (\"id\") DO UPDATE SET {}", set.join(", "));
        let bodies = [
            format!("AFTER INSERT ON {table} BEGIN {put}; END"),
            format!("AFTER UPDATE OF {} ON {table} BEGIN {put}; END", there.join(", ")),
            format!("AFTER DELETE ON {table} BEGIN DELETE FROM {side} WHERE \"id\" = old.\"id\"; END"),
        ];
        EVENTS.iter().zip(bodies).map(|(event, body)| format!("CREATE TRIGGER {} {body}", self.trigger(event))).collect()
    }

    /// The last id, and the count, of the next slice of records. Parameters: the id after which it begins, the greatest count.
    pub fn next(&self) -> String {
        let table = quote(self.object.name());
        format!("SELECT MAX(\"id\"), COUNT(*) FROM (SELECT \"id\" FROM {table} WHERE \"id\" > $1 ORDER BY \"id\" LIMIT $2)")
    }

    /// Copies a slice; what a trigger brought before stays. Parameters: the id after which it begins, its last id.
    pub fn copy(&self) -> String {
        let (table, side) = (quote(self.object.name()), quote(&self.name));
        let names = list("", &self.there().map(quote).collect::<Vec<_>>());
        // A condition about a new column holds for all records or for none.
        let mut wanted = condition(self.index);
        for (column, _) in self.columns.iter().filter(|(_, there)| !there) {
            wanted = wanted.replace(&format!(" AND {} IS NOT NULL", quote(&column.name)), "");
        }
        format!(
            "INSERT INTO {side} (\"id\"{names}) SELECT \"id\"{names} FROM {table} WHERE \"id\" > $1 AND \"id\" <= $2 AND {wanted} ORDER BY \"id\" \
             ON CONFLICT (\"id\") DO NOTHING"
        )
    }

    /// The statements that end the triggers.
    pub fn leave(&self) -> Vec<String> {
        EVENTS.iter().map(|event| format!("DROP TRIGGER IF EXISTS {}", self.trigger(event))).collect()
    }

    /// The parameters of [`HAND_OVER`].
    pub fn hand_over(&self) -> [String; 4] {
        let sql = create_index(self.object, self.index, Dialect::Sqlite, false);
        [self.index.name.clone(), self.object.name().to_owned(), sql, self.index_name()]
    }

    fn there(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|(_, there)| *there).map(|(c, _)| c.name.as_str())
    }

    fn index_name(&self) -> String {
        format!("{}_index", self.name)
    }

    fn trigger(&self, event: &str) -> String {
        quote(&format!("{}_{event}", self.name))
    }
}

/// How a large table gets a column: `ALTER TABLE … ADD COLUMN` reads every row of a STRICT table to see whether the default is of the
/// column's type, which NULL and 0 are. Parameters: the column's definition ([`column_definitions`]), the table.
pub const ADD_COLUMN: &str = "UPDATE sqlite_schema SET sql = substr(sql, 1, length(sql) - 8) || ', ' || $1 || ') STRICT' \
                              WHERE type = 'table' AND name = $2 AND substr(sql, -8) = ') STRICT'";

/// The definitions of a field's columns as they stand in `CREATE TABLE`.
pub fn column_definitions(field: &Field) -> Vec<String> {
    field.columns.iter().map(|c| format!("{} {}", quote(&c.name), definition(c))).collect()
}

/// Hands an index over to another table: its new name, the table, its new text, its old name. The b-tree stays where it is.
pub const HAND_OVER: &str = "UPDATE sqlite_schema SET name = $1, tbl_name = $2, sql = $3 WHERE type = 'index' AND name = $4";

/// Gives the table of an object that goes another name, to be emptied in slices and dropped.
pub fn set_aside(object: &str, number: i64) -> String {
    format!("ALTER TABLE {} RENAME TO {}", quote(object), quote(&format!("{SIDE}{object}_{number}")))
}

/// Reads an index from end to end, for a reader to do before it is dropped: dropping looks at each of its pages, and should find them in
/// memory. `definition` is the index's text in `sqlite_schema`; `None` for one that is not ours.
pub fn read_through(table: &str, index: &str, definition: &str) -> Option<String> {
    let (_, condition) = definition.split_once(" WHERE ")?;
    Some(format!("SELECT COUNT(*) FROM {} INDEXED BY {} WHERE {condition}", quote(table), quote(index)))
}

/// Whether a table has more rows than so many: its parameter; a row if it has.
pub fn is_larger(table: &str) -> String {
    format!("SELECT 1 FROM {} LIMIT 1 OFFSET $1", quote(table))
}

/// Deletes the first rows of a side table. Parameter: how many.
pub fn shorten(side: &str) -> String {
    let side = quote(side);
    format!("DELETE FROM {side} WHERE \"id\" IN (SELECT \"id\" FROM {side} ORDER BY \"id\" LIMIT $1)")
}

/// Drops a side table, an index of it or a trigger (`kind`: `TABLE`, `INDEX`, `TRIGGER`).
pub fn drop_side(kind: &str, name: &str) -> String {
    format!("DROP {kind} IF EXISTS {}", quote(name))
}

/// A column's type, as the statement that adds it to the object's table has it.
fn definition(column: &Column) -> String {
    let ty = Dialect::Sqlite.column_type(column.ty);
    if column.ty == ColumnType::Boolean { format!("{ty} NOT NULL DEFAULT 0") } else { ty.to_owned() }
}

fn list(before: &str, columns: &[String]) -> String {
    columns.iter().map(|c| format!(", {before}{c}")).collect()
}
