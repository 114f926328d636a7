//! Which indexes an object's table has, under names that follow from what they are.

use guanxi_model::meta::FieldType;
use guanxi_model::{Field, Object};

use crate::dialect::{Dialect, quote};
use crate::hash::fnv64;
use crate::plan::never_null;

/// The longest text in characters that is indexed: PostgreSQL takes 2,704 bytes in an index row.
const MAX_INDEXED_TEXT: u32 = 600;

/// The longest name of an index in bytes, as PostgreSQL cuts off.
const MAX_NAME: usize = 63;

/// An index of an object's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name, which follows from what it is.
    pub name: String,
    /// What it is for.
    pub kind: IndexKind,
    /// Its columns, each with whether it can be empty.
    pub columns: Vec<(String, bool)>,
}

/// What an index is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Lists and filters of live records.
    Live,
    /// No two live records with the same value.
    Unique,
    /// The recycle bin.
    Bin,
}

/// The indexes of an object: its references, indexed and unique fields, those its definition lists, the recycle bin. One that is the
/// beginning of another is left out.
pub fn indexes(object: &Object) -> Vec<Index> {
    let mut live: Vec<Vec<(String, bool)>> = Vec::new();
    let mut found = Vec::new();
    for names in &object.def.indexes {
        let fields: Vec<&Field> = names.iter().filter_map(|name| object.field(name)).collect();
        let mut all: Vec<_> = fields.iter().flat_map(|field| columns(object, field, field.columns.len())).collect();
        if fields.last().is_some_and(|field| field.def.ty == FieldType::Money) {
            // For sums of the amount, which SQLite then reads from the index alone. No list is sorted by what follows a currency.
            all.push(("deleted_at".to_owned(), true));
        }
        live.push(all);
    }
    for field in &object.fields {
        if is_own_reference(field) {
            live.push(columns(object, field, 1));
        }
        if field.def.is_unique() {
            found.push(index(object, IndexKind::Unique, columns(object, field, if field.def.ty == FieldType::Phone { 1 } else { 9 })));
        } else if field.def.indexed && is_short(&field.def.ty) {
            match field.def.ty {
                // A phone number is looked for in both forms.
                FieldType::Phone => live.extend(columns(object, field, 2).into_iter().map(|column| vec![column])),
                _ => live.push(columns(object, field, field.columns.len())),
            }
        }
    }
    for (i, columns) in live.iter().enumerate() {
        let within_other = live.iter().enumerate().any(|(j, other)| other.starts_with(columns) && (other.len() > columns.len() || j < i));
        if !columns.is_empty() && !within_other {
            found.push(index(object, IndexKind::Live, columns.clone()));
        }
    }
    found.push(index(object, IndexKind::Bin, vec![("deleted_at".to_owned(), true)]));
    found
}

/// Whether one of [`indexes`] has live records in the order of a field, if the `given` fields each equal something. An index of unique
/// values lacks the records without one, with which a list begins or ends: only `further` pages are read from it.
pub(crate) fn gives_order(object: &Object, field: &Field, given: &[&str], further: bool) -> bool {
    let listed = |names: &Vec<String>| {
        let place = names.iter().position(|name| name == field.name());
        place.is_some_and(|place| names[..place].iter().all(|name| given.contains(&name.as_str())))
    };
    let short = field.def.indexed && is_short(&field.def.ty);
    object.def.indexes.iter().any(listed) || is_own_reference(field) || short || (further && field.def.is_unique())
}

/// A reference that the object's definition or its owner makes.
fn is_own_reference(field: &Field) -> bool {
    field.def.ty.is_reference() && (!field.system || field.name() == "owner_id")
}

/// Whether every value fits an index row.
fn is_short(ty: &FieldType) -> bool {
    match ty {
        FieldType::Text { max_length, .. } => *max_length <= MAX_INDEXED_TEXT,
        FieldType::LongText { .. } | FieldType::RichText | FieldType::Json | FieldType::Address => false,
        _ => true,
    }
}

/// The first columns of a field.
fn columns(object: &Object, field: &Field, count: usize) -> Vec<(String, bool)> {
    let nullable = !never_null(object, field.name());
    field.columns.iter().take(count).map(|c| (c.name.clone(), nullable)).collect()
}

fn index(object: &Object, kind: IndexKind, columns: Vec<(String, bool)>) -> Index {
    let names: Vec<&str> = columns.iter().map(|c| c.0.as_str()).collect();
    let prefix = match kind {
        IndexKind::Live => "ix",
        IndexKind::Unique => "ux",
        IndexKind::Bin => "bin",
    };
    let full = format!("{prefix}_{}_{}", object.name(), names.join("_"));
    // The hash keeps apart what would be the same when cut off or joined.
    let hash = format!("_{:016x}", fnv64(format!("{prefix} {} {}", object.name(), names.join(" ")).as_bytes()));
    let kept = &full[..full.len().min(MAX_NAME - hash.len())];
    Index { name: format!("{kept}{hash}"), kind, columns }
}

/// Whether an index has a name that [`indexes`] could have given it, and not one that an operator chose.
pub fn is_index_name(name: &str) -> bool {
    let hash = name.rsplit('_').next().unwrap_or_default();
    ["ix_", "ux_", "bin_"].iter().any(|prefix| name.starts_with(prefix)) && hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What has to be dropped and made when an object's definition changes from `old` to `new`.
pub fn changed_indexes(old: &Object, new: &Object) -> (Vec<Index>, Vec<Index>) {
    let (before, after) = (indexes(old), indexes(new));
    let gone = before.iter().filter(|i| !after.contains(i)).cloned().collect();
    let come = after.into_iter().filter(|i| !before.contains(i)).collect();
    (gone, come)
}

/// `CREATE INDEX`. `concurrently` (PostgreSQL; outside a transaction) does not stop writers; a failed one leaves an invalid index behind
/// that has to be dropped.
pub fn create_index(object: &Object, index: &Index, dialect: Dialect, concurrently: bool) -> String {
    create_index_on(object.name(), &index.name, index, dialect, concurrently)
}

/// The same on another table with these columns, under another name.
pub(crate) fn create_index_on(table: &str, name: &str, index: &Index, dialect: Dialect, concurrently: bool) -> String {
    let mut columns: Vec<String> =
        index.columns.iter().map(|(name, nullable)| format!("{}{}", quote(name), dialect.index_nulls(*nullable))).collect();
    // SQLite keeps the id in every index anyway.
    let with_id = index.kind == IndexKind::Live && dialect == Dialect::Postgres && index.columns.iter().all(|c| c.0 != "id");
    columns.extend(with_id.then(|| "\"id\"".to_owned()));
    format!(
        "CREATE {}INDEX {}{} ON {} ({}) WHERE {}",
        if index.kind == IndexKind::Unique { "UNIQUE " } else { "" },
        if concurrently && dialect == Dialect::Postgres { "CONCURRENTLY " } else { "" },
        quote(name),
        quote(table),
        columns.join(", "),
        condition(index)
    )
}

/// Which records are in an index.
pub(crate) fn condition(index: &Index) -> String {
    let mut condition = match index.kind {
        IndexKind::Live | IndexKind::Unique => "\"deleted_at\" IS NULL".to_owned(),
        IndexKind::Bin => "\"deleted_at\" IS NOT NULL".to_owned(),
    };
    if index.kind == IndexKind::Unique {
        condition.push_str(&index.columns.iter().map(|c| format!(" AND {} IS NOT NULL", quote(&c.0))).collect::<String>());
    }
    condition
}

/// `DROP INDEX`, if it is there.
pub fn drop_index(index: &Index, dialect: Dialect, concurrently: bool) -> String {
    let how = if concurrently && dialect == Dialect::Postgres { "CONCURRENTLY " } else { "" };
    format!("DROP INDEX {how}IF EXISTS {}", quote(&index.name))
}
