//! The typed columns behind a field. A field has one column, or several for compound types (money, phone, address).

/// The type of a column; each engine has its own name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Text, compared by code point on both engines.
    Text,
    /// 64-bit integer.
    Integer,
    /// Truth value.
    Boolean,
    /// Calendar date: `date` on PostgreSQL, days since 1970-01-01 on SQLite.
    Date,
    /// Point in time: `timestamptz` on PostgreSQL, microseconds since the epoch on SQLite.
    Timestamp,
    /// JSON: `jsonb` on PostgreSQL, text on SQLite.
    Json,
}

/// One column of a record table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Physical name, safe to quote.
    pub name: String,
    /// The part of a compound value this column holds (`currency`, `city`, `typed`), empty for the main one.
    pub part: &'static str,
    /// Its type.
    pub ty: ColumnType,
}

/// The parts of an address, in the order of the columns.
pub const ADDRESS_PARTS: [&str; 6] = ["country", "province", "city", "district", "street", "postal_code"];
