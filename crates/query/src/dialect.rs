//! The two engines, as far as SQL text differs.

use guanxi_model::column::ColumnType;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// An identifier in double quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Dialect {
    /// The highest count of parameters of one statement.
    pub fn max_params(self) -> usize {
        match self {
            Dialect::Sqlite => 32_766,
            Dialect::Postgres => 65_535,
        }
    }

    /// The engine's name for a column type.
    pub fn column_type(self, ty: ColumnType) -> &'static str {
        match (self, ty) {
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

    /// `column` is like the pattern in `param`, ignoring the case of A–Z; or is not.
    pub(crate) fn like(self, column: &str, param: &str, negated: bool) -> String {
        let not = if negated { "NOT " } else { "" };
        match self {
            Dialect::Sqlite => format!("{column} {not}LIKE {param} ESCAPE '\\'"),
            Dialect::Postgres => format!("{column} {not}ILIKE {param}"),
        }
    }

    /// The place of the text `param` in `column`, 0 if it is not there; exact, unlike LIKE.
    pub(crate) fn place(self, column: &str, param: &str) -> String {
        match self {
            Dialect::Sqlite => format!("instr({column}, {param})"),
            Dialect::Postgres => format!("strpos({column}, {param})"),
        }
    }

    /// `column` is one of the integers in the text `param`, which are separated by commas. If they are few, an index of the column is
    /// of use. Otherwise SQLite, which does not know how many records each stands for, is kept from it: it would collect and sort them
    /// all, where the order of the list finds the first fifty soon.
    pub(crate) fn among(self, column: &str, param: &str, few: bool) -> String {
        match self {
            Dialect::Sqlite => {
                let sign = if few { "" } else { "+" };
                format!("{sign}{column} IN (SELECT value FROM json_each('[' || {param} || ']'))")
            }
            Dialect::Postgres => format!("{column} = ANY (string_to_array({param}, ',')::bigint[])"),
        }
    }

    /// A sum of 64-bit integers as such.
    pub(crate) fn sum(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("SUM({column})"),
            Dialect::Postgres => format!("SUM({column})::bigint"),
        }
    }

    /// The direction and the place of empty values in an ORDER BY, as short as the engine's default allows. A key that is never
    /// empty has no clause: then, and with [`Dialect::index_nulls`], an index serves the order in both directions.
    pub(crate) fn order(self, desc: bool, nulls_last: bool, nullable: bool) -> &'static str {
        let by_default = match self {
            Dialect::Sqlite => desc,
            Dialect::Postgres => !desc,
        };
        match (desc, nulls_last, !nullable || nulls_last == by_default) {
            (false, _, true) => "",
            (true, _, true) => " DESC",
            (false, false, false) => " NULLS FIRST",
            (false, true, false) => " NULLS LAST",
            (true, false, false) => " DESC NULLS FIRST",
            (true, true, false) => " DESC NULLS LAST",
        }
    }

    /// Where an index keeps empty values: first, as the default order of queries wants it.
    pub(crate) fn index_nulls(self, nullable: bool) -> &'static str {
        if self == Dialect::Postgres && nullable { " NULLS FIRST" } else { "" }
    }
}
