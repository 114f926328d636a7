//! Stand-in for `guanxi_query::ddl` until it is there.

use guanxi_model::column::ColumnType;
use guanxi_model::{Field, Object};
use guanxi_query::Dialect;

pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) sql: String,
}

pub(crate) fn create_table(object: &Object, dialect: Dialect) -> String {
    let mut columns: Vec<String> = Vec::new();
    for field in &object.fields {
        for column in &field.columns {
            let extra = match (field.name(), column.ty) {
                ("id", _) => " PRIMARY KEY".to_owned(),
                ("version", _) => " NOT NULL".to_owned(),
                (_, ColumnType::Boolean) => boolean(dialect),
                _ => String::new(),
            };
            columns.push(format!("\"{}\" {}{extra}", column.name, column_type(dialect, column.ty)));
        }
    }
    columns.push(format!("\"deleted_at\" {}", column_type(dialect, ColumnType::Timestamp)));
    format!("CREATE TABLE \"{}\" ({})", object.name(), columns.join(", "))
}

fn boolean(dialect: Dialect) -> String {
    format!(" NOT NULL DEFAULT {}", if dialect == Dialect::Postgres { "false" } else { "0" })
}

pub(crate) fn add_columns(object: &Object, field: &Field, dialect: Dialect) -> Vec<String> {
    let ine = if dialect == Dialect::Postgres { "IF NOT EXISTS " } else { "" };
    let column = |c: &guanxi_model::column::Column| {
        let extra = if c.ty == ColumnType::Boolean { boolean(dialect) } else { String::new() };
        format!("ALTER TABLE \"{}\" ADD COLUMN {ine}\"{}\" {}{extra}", object.name(), c.name, column_type(dialect, c.ty))
    };
    field.columns.iter().map(column).collect()
}

pub(crate) fn indexes(object: &Object, field: &Field, dialect: Dialect, concurrently: bool) -> Vec<Index> {
    let _ = dialect;
    if !(field.def.is_unique() || field.def.indexed || field.def.ty.is_reference()) {
        return Vec::new();
    }
    let Some(column) = field.columns.first() else { return Vec::new() };
    let unique = if field.def.is_unique() { "UNIQUE " } else { "" };
    let how = if concurrently { "CONCURRENTLY " } else { "" };
    let name = format!("{}__{}", object.name(), column.name);
    let sql = format!(
        "CREATE {unique}INDEX {how}IF NOT EXISTS \"{name}\" ON \"{}\" (\"{}\") WHERE \"deleted_at\" IS NULL",
        object.name(),
        column.name
    );
    vec![Index { name, sql }]
}

fn column_type(dialect: Dialect, ty: ColumnType) -> &'static str {
    match (dialect, ty) {
        (Dialect::Sqlite, ColumnType::Text | ColumnType::Json) => "TEXT",
        (Dialect::Sqlite, _) => "INTEGER",
        (Dialect::Postgres, ColumnType::Text) => "text COLLATE \"C\"",
        (Dialect::Postgres, ColumnType::Integer) => "bigint",
        (Dialect::Postgres, ColumnType::Boolean) => "boolean",
        (Dialect::Postgres, ColumnType::Date) => "date",
        (Dialect::Postgres, ColumnType::Timestamp) => "timestamptz",
        (Dialect::Postgres, ColumnType::Json) => "jsonb",
    }
}
