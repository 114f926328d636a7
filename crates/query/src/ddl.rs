//! SQL text of run-time schema changes.

use guanxi_model::column::{Column, ColumnType};
use guanxi_model::{Field, Object};

use crate::dialect::{Dialect, quote};

pub use crate::index::{Index, changed_indexes, create_index, drop_index, indexes, is_index_name};

/// Columns that every table has beside the object's fields: for the recycle bin.
pub const BIN_COLUMNS: [(&str, ColumnType); 2] = [("deleted_at", ColumnType::Timestamp), ("deleted_by_id", ColumnType::Integer)];

/// `CREATE TABLE` of an object: the id as primary key, its fields, the system fields. Its indexes come apart ([`indexes`]).
pub fn create_table(object: &Object, dialect: Dialect) -> String {
    let mut columns = Vec::new();
    for field in &object.fields {
        columns.extend(field.columns.iter().map(|column| definition(field, column, dialect)));
    }
    columns.extend(BIN_COLUMNS.map(|(name, ty)| format!("{} {}", quote(name), dialect.column_type(ty))));
    let strict = if dialect == Dialect::Sqlite { " STRICT" } else { "" };
    format!("CREATE TABLE {} (\n  {}\n){strict}", quote(object.name()), columns.join(",\n  "))
}

/// Every statement that makes a new object's table and indexes.
pub fn create_object(object: &Object, dialect: Dialect) -> Vec<String> {
    let made = indexes(object).into_iter().map(|index| create_index(object, &index, dialect, false));
    std::iter::once(create_table(object, dialect)).chain(made).collect()
}

fn definition(field: &Field, column: &Column, dialect: Dialect) -> String {
    let rule = match (field.name(), column.ty) {
        ("id", _) => " PRIMARY KEY",
        ("created_at" | "updated_at", _) if field.system => " NOT NULL",
        ("version", _) if field.system => " NOT NULL DEFAULT 1",
        (_, ColumnType::Boolean) if dialect == Dialect::Postgres => " NOT NULL DEFAULT false",
        (_, ColumnType::Boolean) => " NOT NULL DEFAULT 0",
        _ => "",
    };
    format!("{} {}{rule}", quote(&column.name), dialect.column_type(column.ty))
}

/// The statements that add a field's columns. Neither engine rewrites the table for them.
pub fn add_column(object: &Object, field: &Field, dialect: Dialect) -> Vec<String> {
    let table = quote(object.name());
    field.columns.iter().map(|column| format!("ALTER TABLE {table} ADD COLUMN {}", definition(field, column, dialect))).collect()
}

/// The statements that drop a field's columns; the indexes over them must be gone. SQLite rewrites the table: on a large one leave the
/// column behind and give the field's next namesake another ([`guanxi_model::meta::FieldDef::column`]).
pub fn drop_column(object: &Object, field: &Field) -> Vec<String> {
    let table = quote(object.name());
    field.columns.iter().map(|column| format!("ALTER TABLE {table} DROP COLUMN {}", quote(&column.name))).collect()
}

/// Drops an object's table with its indexes.
pub fn drop_table(object: &Object) -> String {
    format!("DROP TABLE {}", quote(object.name()))
}
